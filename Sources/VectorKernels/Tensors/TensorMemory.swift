internal import CVectorKernels

/// Where tensors live while a network runs: a stretch of values and one of gradients, of the same
/// layout, that are used again step after step.
///
/// Memory is handed out from the front and taken back as a whole, so that after the first steps
/// nothing is allocated. A memory is used by one task at a time.
package final class TensorMemory {
    // A few bytes each, read at every operation on a row and written where memory grows: checks at run
    // time that no access overlaps another took a seventh to a third of a training.
    @exclusivity(unchecked) private var values: UnsafeMutableBufferPointer<Float>
    @exclusivity(unchecked) private var gradients: UnsafeMutableBufferPointer<Float>
    @exclusivity(unchecked) private var numbers: UnsafeMutableBufferPointer<Int32>
    @exclusivity(unchecked) private var usedNumbers = 0
    /// Whether matrices have gradients; without, their gradients are undefined.
    package var keepsGradients = true
    /// How many elements are handed out.
    @exclusivity(unchecked) package private(set) var used = 0

    /// An empty memory.
    package init() {
        values = Self.allocate(1024)
        gradients = Self.allocate(1024)
        numbers = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 1024)
        numbers.initialize(repeating: 0)
    }

    deinit {
        values.deallocate()
        gradients.deallocate()
        numbers.deallocate()
    }

    /// The bytes that are set aside.
    package var byteCount: Int { 4 * (values.count + gradients.count + numbers.count) }

    private static func allocate(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
        // Kernels load whole vectors, up to 15 floats beyond the end of a matrix.
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: 4 * (count + 16), alignment: 64)
        let floats = bytes.bindMemory(to: Float.self)
        floats.initialize(repeating: 0)
        return UnsafeMutableBufferPointer(rebasing: floats[..<count])
    }

    private static func grow(_ buffer: inout UnsafeMutableBufferPointer<Float>, to count: Int) {
        let larger = allocate(count)
        _ = larger.update(from: buffer)
        buffer.deallocate()
        buffer = larger
    }

    /// A matrix of undefined elements and, unless nothing is differentiated, gradients of zero.
    package func allocate(rows: Int, columns: Int) -> Tensor {
        precondition(rows >= 0 && columns >= 0)
        let tensor = Tensor(start: used, rows: rows, columns: columns)
        used += (rows * columns + 15) / 16 * 16
        if used > values.count {
            let count = max(used, values.count + values.count / 2)
            Self.grow(&values, to: count)
            Self.grow(&gradients, to: count)
        }
        if keepsGradients { gradients[tensor.start..<used].update(repeating: 0) }
        return tensor
    }

    /// Takes back everything from `mark` on, and all row numbers.
    package func release(to mark: Int) {
        precondition(mark >= 0 && mark <= used)
        used = mark
        usedNumbers = 0
    }

    /// Room for row numbers until the next release, of undefined values.
    package func makeRows(_ count: Int) -> RowNumbers {
        let made = RowNumbers(start: usedNumbers, count: count)
        reserveNumbers(count)
        return made
    }

    /// Keeps row numbers until the next release.
    package func keep(_ rows: [Int32]) -> RowNumbers {
        let kept = makeRows(rows.count)
        for place in 0..<rows.count { numbers[kept.start + place] = rows[place] }
        return kept
    }

    /// Keeps the numbers of rows that follow each other until the next release.
    package func keep(_ rows: Range<Int>) -> RowNumbers {
        let kept = makeRows(rows.count)
        for place in 0..<rows.count {
            numbers[kept.start + place] = Int32(rows.lowerBound + place)
        }
        return kept
    }

    /// Keeps the same row number several times until the next release.
    package func keep(repeating row: Int32, count: Int) -> RowNumbers {
        let kept = makeRows(count)
        for place in 0..<count { numbers[kept.start + place] = row }
        return kept
    }

    private func reserveNumbers(_ count: Int) {
        usedNumbers += count
        guard usedNumbers > numbers.count else { return }
        let larger = UnsafeMutableBufferPointer<Int32>.allocate(
            capacity: max(usedNumbers, 2 * numbers.count))
        larger.initialize(repeating: 0)
        _ = larger.update(from: numbers)
        numbers.deallocate()
        numbers = larger
    }

    // Addresses, checked against what is handed out: programming errors trap.

    func value(_ tensor: Tensor) -> UnsafeMutablePointer<Float>? {
        precondition(tensor.start >= 0 && tensor.end <= used)
        return values.baseAddress.map { $0 + tensor.start }
    }

    func gradient(_ tensor: Tensor) -> UnsafeMutablePointer<Float>? {
        precondition(tensor.start >= 0 && tensor.end <= used)
        return gradients.baseAddress.map { $0 + tensor.start }
    }

    func numbers(_ rows: RowNumbers) -> UnsafeMutablePointer<Int32>? {
        precondition(rows.start >= 0 && rows.start + rows.count <= usedNumbers)
        return numbers.baseAddress.map { $0 + rows.start }
    }

    /// The numbers of rows, checked to be under `bound` and not under `least`.
    func numbers(_ rows: RowNumbers, from least: Int32, below bound: Int)
        -> UnsafeMutablePointer<Int32>?
    {
        let pointer = numbers(rows)
        for place in rows.start..<rows.start + rows.count {
            precondition(numbers[place] >= least && Int(numbers[place]) < bound)
        }
        return pointer
    }

    /// Starts of runs, checked to ascend from 0 to `rows`.
    func starts(_ runs: RowNumbers, of rows: Int) -> UnsafeMutablePointer<Int32>? {
        let pointer = numbers(runs)
        precondition(runs.count > 0 && numbers[runs.start] == 0)
        for place in runs.start..<runs.start + runs.count - 1 {
            precondition(numbers[place] < numbers[place + 1])
        }
        precondition(Int(numbers[runs.start + runs.count - 1]) == rows)
        return pointer
    }
}

// Reading and writing.
extension TensorMemory {
    /// One element.
    package subscript(tensor: Tensor, row: Int, column: Int) -> Float {
        get {
            precondition(tensor.start >= 0 && tensor.end <= used)
            precondition(row >= 0 && row < tensor.rows && column >= 0 && column < tensor.columns)
            return values[tensor.start + row * tensor.stride + column]
        }
        set {
            precondition(tensor.start >= 0 && tensor.end <= used)
            precondition(row >= 0 && row < tensor.rows && column >= 0 && column < tensor.columns)
            values[tensor.start + row * tensor.stride + column] = newValue
        }
    }

    /// One of the row numbers kept.
    package subscript(rows: RowNumbers, place: Int) -> Int32 {
        get {
            precondition(
                place >= 0 && place < rows.count && rows.start + rows.count <= usedNumbers)
            return numbers[rows.start + place]
        }
        set {
            precondition(
                place >= 0 && place < rows.count && rows.start + rows.count <= usedNumbers)
            numbers[rows.start + place] = newValue
        }
    }

    /// A copy of the elements of a contiguous matrix.
    package func read(_ tensor: Tensor) -> [Float] {
        precondition(tensor.isContiguous && tensor.start >= 0 && tensor.end <= used)
        return Array(values[tensor.start..<tensor.start + tensor.count])
    }

    /// A copy of the gradient of a contiguous matrix.
    package func readGradient(_ tensor: Tensor) -> [Float] {
        precondition(tensor.isContiguous && tensor.start >= 0 && tensor.end <= used)
        return Array(gradients[tensor.start..<tensor.start + tensor.count])
    }

    /// Writes the elements of a contiguous matrix.
    package func write(_ elements: ArraySlice<Float>, to tensor: Tensor) {
        precondition(tensor.isContiguous && tensor.start >= 0 && tensor.end <= used)
        precondition(elements.count == tensor.count)
        _ = values[tensor.start..<tensor.start + tensor.count].update(fromContentsOf: elements)
    }

    /// Writes the gradient of a contiguous matrix.
    package func writeGradient(_ elements: ArraySlice<Float>, to tensor: Tensor) {
        precondition(tensor.isContiguous && tensor.start >= 0 && tensor.end <= used)
        precondition(elements.count == tensor.count)
        _ = gradients[tensor.start..<tensor.start + tensor.count].update(
            fromContentsOf: elements)
    }

    /// Adds the gradient that another memory holds at the same place.
    package func addGradient(_ tensor: Tensor, of other: TensorMemory) {
        precondition(tensor.isContiguous)
        covey_add(gradient(tensor), other.gradient(tensor), 1, tensor.count)
    }

    /// Sets the gradient of a contiguous matrix to zero.
    package func clearGradient(_ tensor: Tensor) {
        precondition(tensor.isContiguous)
        gradient(tensor)?.update(repeating: 0, count: tensor.count)
    }

    /// Copies the elements that another memory holds at the same place.
    package func copy(_ tensor: Tensor, of other: TensorMemory) {
        precondition(tensor.isContiguous)
        guard let from = other.value(tensor) else { return }
        value(tensor)?.update(from: from, count: tensor.count)
    }

    /// Moves a contiguous matrix by a share of the way towards elements of an array.
    package func pull(_ tensor: Tensor, towards target: [Float], from first: Int, by share: Float) {
        precondition(tensor.isContiguous && first >= 0 && first + tensor.count <= target.count)
        guard let value = value(tensor) else { return }
        target.withUnsafeBufferPointer { target in
            guard let base = target.baseAddress else { return }
            covey_combine(value, value, value, -share, tensor.count)
            covey_add(value, base + first, share, tensor.count)
        }
    }

    /// Appends how far the elements of a contiguous matrix are from those of an array.
    package func appendDifference(
        of tensor: Tensor, from before: [Float], at first: Int, to differences: inout [Float]
    ) {
        precondition(tensor.isContiguous && first >= 0 && first + tensor.count <= before.count)
        guard let value = value(tensor) else { return }
        let start = differences.count
        differences.append(contentsOf: UnsafeBufferPointer(start: value, count: tensor.count))
        before.withUnsafeBufferPointer { before in
            differences.withUnsafeMutableBufferPointer { differences in
                guard let from = before.baseAddress, let to = differences.baseAddress else {
                    return
                }
                covey_add(to + start, from + first, -1, tensor.count)
            }
        }
    }

    /// Sets every element of a contiguous matrix.
    package func fill(_ tensor: Tensor, with element: Float) {
        precondition(tensor.isContiguous && tensor.start >= 0 && tensor.end <= used)
        values[tensor.start..<tensor.start + tensor.count].update(repeating: element)
    }
}
