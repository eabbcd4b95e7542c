internal import CVectorKernels

/// The inner loops of training a matrix factorisation model on a device, on arrays.
///
/// Rows gathered for training lie `stride(for: width)` floats apart, padded with zeros. Sizes are
/// checked before anything is touched; a size that does not fit traps.
package enum Factorization {
    /// The most columns that ``descend(rows:stride:user:fixed:examples:settings:)`` takes.
    package static var mostColumns: Int { Int(COVEY_MOST_DIMENSIONS) }

    /// The distance of gathered rows of `width` columns: the next multiple of 16.
    package static func stride(for width: Int) -> Int { max(16, (width + 15) / 16 * 16) }

    /// Which rows each training example compares.
    package struct Examples: Sendable {
        /// The number of positive examples.
        package var positives: Int
        /// The number of rows of an example: the positive one and its negatives.
        package var candidates: Int
        /// How many examples make a batch.
        package var batch: Int
        /// Batch after batch, the rows of its examples: first the positive row of each, then each
        /// one's first negative, and so on. `positives * candidates` numbers.
        package var slots: [Int32]

        /// Describes examples.
        package init(positives: Int, candidates: Int, batch: Int, slots: [Int32]) {
            self.positives = positives
            self.candidates = candidates
            self.batch = batch
            self.slots = slots
        }
    }

    /// How far parameters move down the gradient.
    package struct Settings: Sendable {
        /// Softmax over each example's candidates, rather than cross-entropy of each.
        package var softmax: Bool
        /// The rate of the rows; 0 leaves them.
        package var itemRate: Float
        /// The rate of the user vector.
        package var userRate: Float
        /// The weight of half the squared norm of the user vector, once a batch.
        package var userDecay: Float

        /// Describes a descent.
        package init(softmax: Bool, itemRate: Float, userRate: Float, userDecay: Float) {
            self.softmax = softmax
            self.itemRate = itemRate
            self.userRate = userRate
            self.userDecay = userDecay
        }
    }

    /// The rows of `matrix` of the given numbers, `stride(for: width)` apart.
    package static func gather(_ numbers: [Int32], from matrix: [Float], width: Int) -> [Float] {
        precondition(areRows(numbers, of: matrix, width: width))
        let stride = stride(for: width)
        let size = numbers.count * stride
        return [Float](unsafeUninitializedCapacity: size) { target, initialized in
            if let base = target.baseAddress {
                covey_gather_rows(base, stride, matrix, width, numbers, numbers.count)
            }
            initialized = size
        }
    }

    /// Mini-batch stochastic gradient descent over the examples, in order, on a user vector and on rows
    /// of a matrix that stays as it is.
    ///
    /// - Parameters:
    ///   - numbers: The rows of `matrix` that the examples speak of, each once.
    ///   - user: The user vector, padded to the stride, changed in place.
    ///   - fixed: As of ``descend(rows:user:fixed:examples:settings:)``.
    /// - Returns: How far each row would be from where it was, and the sum of squares.
    package static func changes(
        of numbers: [Int32], in matrix: [Float], width: Int, user: inout [Float], fixed: Int?,
        examples: Examples, settings: Settings
    ) -> (rows: Changes, squaredNorm: Double) {
        let batches = (examples.positives + examples.batch - 1) / max(1, examples.batch)
        if (1...Int(COVEY_MOST_STEPS)).contains(batches) {
            let rows = changesInFewBatches(
                of: numbers, in: matrix, width: width, user: &user, fixed: fixed, batches: batches,
                examples: examples, settings: settings)
            return (.combined(rows), rows.squaredNorm)
        }
        var rows = gather(numbers, from: matrix, width: width)
        descend(rows: &rows, user: &user, fixed: fixed, examples: examples, settings: settings)
        let squares = takeChanges(of: &rows, from: matrix, numbers, width: width)
        return (.values(rows), squares)
    }

    /// How far rows would be from where they were.
    package enum Changes: Sendable {
        /// One row after the other.
        case values([Float])
        /// After a few batches, each of which moved rows along one vector.
        case combined(CombinedRows)
    }

    /// Less goes through memory than where rows are copied, moved and compared.
    private static func changesInFewBatches(
        of numbers: [Int32], in matrix: [Float], width: Int, user: inout [Float], fixed: Int?,
        batches: Int, examples: Examples, settings: Settings
    ) -> CombinedRows {
        let stride = user.count
        precondition(stride == Self.stride(for: width))
        check(examples, rowCount: numbers.count, stride: stride)
        let isPadded = stride != width
        // Rows that are no whole number of vectors are copied to where they are.
        let rows = isPadded ? gather(numbers, from: matrix, width: width) : matrix
        precondition(isPadded || areRows(numbers, of: matrix, width: width))
        let places = isPadded ? Array(0..<Int32(numbers.count)) : numbers
        let batch = min(examples.batch, examples.positives)
        var users = user + [Float](repeating: 0, count: batches * stride)
        var steps = [Float](repeating: 0, count: numbers.count * Int(COVEY_MOST_STEPS))
        withUnsafeTemporaryAllocation(
            of: Float.self, capacity: examples.candidates * (batch + 15)
        ) { scratch in
            covey_factorization_steps(
                rows, stride, places, &users, fixed ?? stride, examples.slots,
                examples.positives, batch, examples.candidates, settings.softmax ? 1 : 0,
                settings.itemRate, settings.userRate, settings.userDecay, scratch.baseAddress,
                &steps)
        }
        user = Array(users.suffix(stride))
        return CombinedRows(
            count: numbers.count, width: width, weights: steps, vectors: users, stride: stride,
            vectorCount: batches)
    }

    /// Turns gathered rows into how far they are from the rows they came from, of `width` columns.
    ///
    /// - Returns: The sum of squares.
    private static func takeChanges(
        of rows: inout [Float], from matrix: [Float], _ numbers: [Int32], width: Int
    ) -> Double {
        precondition(areRows(numbers, of: matrix, width: width))
        let stride = stride(for: width)
        precondition(rows.count == numbers.count * stride)
        let squares = covey_row_changes(&rows, stride, matrix, width, numbers, numbers.count)
        rows.removeLast(numbers.count * (stride - width))
        return squares
    }

    /// Mini-batch stochastic gradient descent over the examples, in order.
    ///
    /// - Parameters:
    ///   - rows: Gathered item rows, changed in place.
    ///   - user: The user vector, padded to the stride, changed in place.
    ///   - fixed: The coordinate of the user vector that does not move (the 1 that an item's bias
    ///     is multiplied by); nil if all may move.
    package static func descend(
        rows: inout [Float], user: inout [Float], fixed: Int?, examples: Examples,
        settings: Settings
    ) {
        let stride = user.count
        check(examples, rowCount: rows.count / max(1, stride), stride: stride)
        precondition(rows.count % stride == 0)
        guard examples.positives > 0 else { return }
        let batch = min(examples.batch, examples.positives)
        withUnsafeTemporaryAllocation(
            of: Float.self, capacity: examples.candidates * (batch + 15)
        ) { scratch in
            covey_factorization_descend(
                &rows, stride, &user, fixed ?? stride, examples.slots, examples.positives, batch,
                examples.candidates, settings.softmax ? 1 : 0, settings.itemRate,
                settings.userRate, settings.userDecay, scratch.baseAddress)
        }
    }

    private static func check(_ examples: Examples, rowCount: Int, stride: Int) {
        precondition(stride > 0 && stride % 16 == 0 && stride <= mostColumns)
        precondition(examples.batch > 0 && examples.candidates > 0)
        precondition(examples.slots.count == examples.positives * examples.candidates)
        precondition(examples.slots.areAll(below: rowCount))
    }

    /// The inner product of each row of a matrix of `user.count` columns with the user vector.
    package static func scores(_ matrix: [Float], user: [Float]) -> [Float] {
        precondition(!user.isEmpty && matrix.count % user.count == 0)
        let count = matrix.count / user.count
        return [Float](unsafeUninitializedCapacity: count) { target, initialized in
            if let base = target.baseAddress, count > 0 {
                covey_row_scores(base, matrix, count, user.count, user)
            }
            initialized = count
        }
    }

    private static func areRows(_ numbers: [Int32], of matrix: [Float], width: Int) -> Bool {
        guard width > 0, matrix.count % width == 0 else { return false }
        return numbers.areAll(below: matrix.count / width)
    }
}
