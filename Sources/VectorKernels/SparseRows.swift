internal import CVectorKernels

/// Products of sparse with dense matrices.
package enum SparseRows {
    /// The product of a sparse matrix in compressed rows with a dense row-major one of `width`
    /// columns.
    ///
    /// - Parameters:
    ///   - starts: Where each row begins in `columns` and `weights`, and the end of the last.
    ///   - columns: The row of `dense` that each entry meets.
    ///   - weights: The entries.
    ///   - dense: The dense matrix.
    ///   - width: Its number of columns.
    package static func product(
        starts: [Int32], columns: [Int32], weights: [Float], dense: [Float], width: Int
    ) -> [Float] {
        precondition(columns.count == weights.count && Int(starts.last ?? 0) == weights.count)
        precondition((columns.max() ?? -1) < (width == 0 ? 0 : dense.count / width))
        let rows = max(starts.count - 1, 0)
        return [Float](unsafeUninitializedCapacity: rows * width) { result, initialized in
            result.initialize(repeating: 0)
            if let base = result.baseAddress {
                covey_sparse_times_dense(base, starts, columns, weights, rows, dense, width)
            }
            initialized = rows * width
        }
    }
}
