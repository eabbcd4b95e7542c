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

    /// Turns gathered rows into how far they are from the rows they came from, of `width` columns.
    ///
    /// - Returns: The sum of squares.
    package static func takeChanges(
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
        precondition(stride > 0 && stride % 16 == 0 && stride <= mostColumns)
        precondition(rows.count % stride == 0 && examples.batch > 0 && examples.candidates > 0)
        precondition(examples.slots.count == examples.positives * examples.candidates)
        guard examples.positives > 0 else { return }
        let bound = Int32(truncatingIfNeeded: rows.count / stride)
        precondition(examples.slots.allSatisfy { $0 >= 0 && $0 < bound })
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
        let bound = Int32(truncatingIfNeeded: matrix.count / width)
        return numbers.allSatisfy { $0 >= 0 && $0 < bound }
    }
}
