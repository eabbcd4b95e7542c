import Learning
internal import VectorKernels

/// Where the trained shared parameters of a network lie in the vector that devices contribute: rows
/// of one width, so that a device names the rows of embeddings that it touched.
///
/// The width is the greatest common divisor of the widths of all trained tables, 16 where there are
/// none; every parameter begins at a row of its own and is padded with zeros to whole rows.
struct UpdateLayout: Sendable {
    /// The number of columns.
    let width: Int
    /// The number of rows.
    let rowCount: Int
    private let layout: ParameterLayout
    /// The first row of each trained parameter, and its place among the shared parameters.
    private let places: [Parameter: (row: Int, start: Int)]

    /// - Parameters:
    ///   - layout: The parameters.
    ///   - frozen: The shared parameters that are not trained.
    init(_ layout: ParameterLayout, freezing frozen: Set<Parameter>) {
        self.layout = layout
        let shared = layout.parameters(.shared)
        let tables = shared.filter { layout[$0].isTable && !frozen.contains($0) }
        let width = tables.reduce(0) { Self.divisor($0, layout[$1].columns) }
        self.width = width == 0 ? 16 : width
        var places: [Parameter: (row: Int, start: Int)] = [:]
        var (row, start) = (0, 0)
        for parameter in shared {
            let count = layout[parameter].count
            if !frozen.contains(parameter) {
                places[parameter] = (row, start)
                row += (count + self.width - 1) / self.width
            }
            start += count
        }
        self.places = places
        rowCount = row
    }

    private static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }

    /// The number of coordinates.
    var dimension: Int { rowCount * width }

    /// How far a tape's parameters are from what they were.
    ///
    /// - Parameters:
    ///   - parameters: After training.
    ///   - before: The shared parameters before.
    func changes(of parameters: Parameters, from before: [Float]) -> Statistic {
        var (changed, values): ([Int32], [Float]) = ([], [])
        parameters.forEachChanged { parameter, offset, matrix in
            guard let place = places[parameter] else { return }
            let first = place.row + offset / width
            let rows = (matrix.count + width - 1) / width
            for row in first..<first + rows { changed.append(Int32(row)) }
            parameters.appendChange(
                of: matrix, from: before, at: place.start + offset, to: &values)
            values.append(contentsOf: repeatElement(0, count: rows * width - matrix.count))
        }
        return Statistic(rows: changed, width: width, values: values)
    }

    /// Scales the change of each layer down to the same share of a norm: with m layers, to
    /// norm / sqrt(m), so that all together stay within it. A layer is all parameters whose names begin
    /// alike, up to a point.
    func clipLayers(of change: inout Statistic, to norm: Double) {
        let names = Dictionary(grouping: places.keys) {
            layout[$0].name.prefix { $0 != "." }
        }
        let limit = norm / Double(max(1, names.count)).squareRoot()
        var values = change.values
        for parameters in names.values {
            let ranges = parameters.compactMap { parameter in
                places[parameter].map { place in
                    place.row..<place.row + (layout[parameter].count + width - 1) / width
                }
            }
            let rows = change.rows.indices.filter { place in
                ranges.contains { $0.contains(Int(change.rows[place])) }
            }
            let square = rows.reduce(0.0) { sum, row in
                values[row * width..<(row + 1) * width].reduce(sum) {
                    $0 + Double($1) * Double($1)
                }
            }
            guard square > limit * limit else { continue }
            let factor = Float(limit / square.squareRoot())
            for row in rows {
                for index in row * width..<(row + 1) * width { values[index] *= factor }
            }
        }
        change = Statistic(rows: change.rows, width: width, values: values)
    }

    /// The trained parameters as one vector of ``dimension`` coordinates.
    func gather(_ shared: [Float]) -> [Float] {
        var vector = [Float](repeating: 0, count: dimension)
        for (parameter, place) in places {
            let count = layout[parameter].count
            vector.replaceSubrange(
                place.row * width..<place.row * width + count,
                with: shared[place.start..<place.start + count])
        }
        return vector
    }

    /// Writes the trained parameters back.
    func scatter(_ vector: [Float], to shared: inout [Float]) {
        for (parameter, place) in places {
            let count = layout[parameter].count
            shared.replaceSubrange(
                place.start..<place.start + count,
                with: vector[place.row * width..<place.row * width + count])
        }
    }
}
