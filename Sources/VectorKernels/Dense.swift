internal import CVectorKernels

/// Dense linear algebra's inner loops, on row-major arrays.
///
/// Sizes are checked before anything is touched; a size that does not fit is a programming error
/// and traps. Every result is a fixed sequence of operations, whatever the number of threads.
package enum Dense {
    /// A matrix operand as it enters a product: itself or its transpose.
    package enum Orientation: Sendable {
        /// The matrix itself.
        case plain
        /// Its transpose.
        case transposed
    }

    /// op(a) · op(b), of shape rows × columns, where op(a) is rows × inner.
    ///
    /// Measured on one AVX-512 core: 2500 × 2500 × 128 at 82 GFLOP/s.
    package static func product(
        _ a: [Float], _ aOrientation: Orientation, _ b: [Float], _ bOrientation: Orientation,
        rows: Int, inner: Int, columns: Int
    ) -> [Float] {
        precondition(a.count == rows * inner && b.count == inner * columns)
        let (aRow, aColumn) = aOrientation == .plain ? (inner, 1) : (1, rows)
        let (bRow, bColumn) = bOrientation == .plain ? (columns, 1) : (1, inner)
        let workspaceCount = covey_gemm_workspace()
        return [Float](unsafeUninitializedCapacity: rows * columns) { target, initialized in
            if let base = target.baseAddress, rows * columns > 0 {
                withUnsafeTemporaryAllocation(of: Float.self, capacity: workspaceCount) {
                    workspace in
                    covey_gemm(
                        rows, inner, columns, a, aRow, aColumn, b, bRow, bColumn, base,
                        workspace.baseAddress)
                }
            }
            initialized = rows * columns
        }
    }

    /// aᵀ · a of a rows × columns matrix, accumulated in Double.
    package static func gram(_ a: [Float], rows: Int, columns: Int) -> [Double] {
        precondition(a.count == rows * columns)
        return [Double](unsafeUninitializedCapacity: columns * columns) { target, initialized in
            if let base = target.baseAddress, columns > 0 {
                withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { row in
                    covey_gram_in_double(base, a, rows, columns, row.baseAddress)
                }
            }
            initialized = columns * columns
        }
    }

    /// a · b accumulated in Double, where a is rows × inner and b is inner × columns.
    package static func product(
        _ a: [Float], inDouble b: [Double], rows: Int, inner: Int, columns: Int
    ) -> [Float] {
        precondition(a.count == rows * inner && b.count == inner * columns)
        return [Float](unsafeUninitializedCapacity: rows * columns) { target, initialized in
            if let base = target.baseAddress, rows * columns > 0 {
                withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { row in
                    covey_multiply_in_double(base, a, b, rows, inner, columns, row.baseAddress)
                }
            }
            initialized = rows * columns
        }
    }

    /// The inner product of two vectors of equal length.
    package static func dot(_ x: [Double], _ y: [Double]) -> Double {
        precondition(x.count == y.count)
        return covey_double_dot(x, y, x.count)
    }

    /// The inner product of `count` elements of `x` from `xStart` and of `y` from `yStart`.
    package static func dot(
        _ x: [Double], from xStart: Int, _ y: [Double], from yStart: Int, count: Int
    ) -> Double {
        precondition(xStart >= 0 && yStart >= 0 && count >= 0)
        precondition(xStart + count <= x.count && yStart + count <= y.count)
        return x.withUnsafeBufferPointer { x in
            y.withUnsafeBufferPointer { y in
                guard let x = x.baseAddress, let y = y.baseAddress else { return 0 }
                return covey_double_dot(x + xStart, y + yStart, count)
            }
        }
    }

    /// y += alpha x.
    package static func add(_ x: [Double], scaledBy alpha: Double, to y: inout [Double]) {
        precondition(x.count == y.count)
        covey_double_add_scaled(&y, x, alpha, x.count)
    }

    /// Rotates rows `first` and `first + 1` of a matrix of `columns` columns:
    /// (r, s) := (cosine r + sine s, cosine s - sine r).
    package static func rotate(
        _ a: inout [Double], row first: Int, columns: Int, cosine: Double, sine: Double
    ) {
        precondition(first >= 0 && (first + 2) * columns <= a.count)
        a.withUnsafeMutableBufferPointer { a in
            guard let base = a.baseAddress else { return }
            let row = base + first * columns
            covey_double_rotate(row, row + columns, cosine, sine, columns)
        }
    }

    /// The trailing square block of an n × n matrix, from row and column `start` on, times `x`.
    package static func product(
        trailing start: Int, of a: [Double], order n: Int, _ x: [Double]
    ) -> [Double] {
        precondition(a.count == n * n && start >= 0 && start + x.count == n)
        return [Double](unsafeUninitializedCapacity: x.count) { target, initialized in
            a.withUnsafeBufferPointer { a in
                guard let a = a.baseAddress, let target = target.baseAddress else { return }
                covey_double_matrix_vector(
                    target, a + start * (n + 1), n, x, x.count, x.count)
            }
            initialized = x.count
        }
    }

    /// The inner products of the rows of a matrix of `x.count` columns with `x`.
    package static func product(_ a: [Double], _ x: [Double]) -> [Double] {
        precondition(!x.isEmpty && a.count % x.count == 0)
        let rows = a.count / x.count
        return [Double](unsafeUninitializedCapacity: rows) { target, initialized in
            covey_double_matrix_vector(target.baseAddress, a, x.count, x, rows, x.count)
            initialized = rows
        }
    }

    /// Subtracts v wᵀ + w vᵀ from the trailing block of an n × n matrix that starts at `start`.
    package static func subtractRankTwo(
        _ v: [Double], _ w: [Double], fromTrailing start: Int, of a: inout [Double], order n: Int
    ) {
        precondition(a.count == n * n && start >= 0 && start + v.count == n && v.count == w.count)
        a.withUnsafeMutableBufferPointer { a in
            guard let a = a.baseAddress else { return }
            covey_double_rank_two(a + start * (n + 1), n, v, w, v.count)
        }
    }

    /// Multiplies the trailing block of an n × n matrix from the right by I - beta v vᵀ.
    package static func reflectRows(
        along v: [Double], beta: Double, ofTrailing start: Int, of a: inout [Double], order n: Int
    ) {
        precondition(a.count == n * n && start >= 0 && start + v.count == n)
        a.withUnsafeMutableBufferPointer { a in
            guard let a = a.baseAddress else { return }
            covey_double_reflect_rows(a + start * (n + 1), n, v, beta, v.count)
        }
    }
}
