internal import VectorKernels

/// All eigenvalues and eigenvectors of a small dense symmetric matrix, in Double.
///
/// Householder reduction to tridiagonal form, then QR steps with implicit Wilkinson shifts: Golub
/// and Van Loan, Matrix Computations, 4th edition, sections 8.3.1 to 8.3.3. Meant for orders up to
/// about 512 (0.2 s).
package struct SymmetricEigenvalues: Sendable {
    /// The eigenvalues, largest first.
    package let values: [Double]
    /// The unit eigenvectors, row i belonging to `values[i]`, in row-major order. The entry of
    /// largest magnitude of each is positive.
    package let vectors: [Double]

    /// Decomposes the matrix of the given order; `matrix` is row-major and symmetric. Elements that
    /// are not finite make every result NaN.
    package init(of matrix: [Double], order: Int) {
        precondition(matrix.count == order * order, "the matrix is not square")
        guard matrix.allSatisfy(\.isFinite) else {
            values = [Double](repeating: .nan, count: order)
            vectors = [Double](repeating: .nan, count: order * order)
            return
        }
        var tridiagonal = Tridiagonal(reducing: matrix, order: order)
        tridiagonal.diagonalize()
        let order = (0..<order).sorted {
            let (a, b) = (tridiagonal.diagonal[$0], tridiagonal.diagonal[$1])
            return a == b ? $0 < $1 : a > b
        }
        values = order.map { tridiagonal.diagonal[$0] }
        vectors = order.flatMap { tridiagonal.fixedVector($0) }
    }
}

/// A symmetric tridiagonal matrix T and the rows of Qᵀ, where Q T Qᵀ is the matrix it came from.
private struct Tridiagonal {
    let order: Int
    var diagonal: [Double]
    var offDiagonal: [Double]
    var rows: [Double]

    init(reducing matrix: [Double], order n: Int) {
        order = n
        diagonal = [Double](repeating: 0, count: n)
        offDiagonal = [Double](repeating: 0, count: max(0, n - 1))
        rows = [Double](repeating: 0, count: n * n)
        for i in 0..<n { rows[i * (n + 1)] = 1 }
        var a = matrix
        var reflections: [(v: [Double], beta: Double)] = []
        for j in 0..<max(0, n - 2) {
            var v = Array(a[j * n + j + 1..<(j + 1) * n])
            let norm = Dense.dot(v, v).squareRoot()
            let tail = v.dropFirst().contains { $0 != 0 }
            guard tail else {
                reflections.append((v: [], beta: 0))
                offDiagonal[j] = v[0]
                continue
            }
            let head = v[0] > 0 ? -norm : norm
            v[0] -= head
            let beta = 2 / Dense.dot(v, v)
            offDiagonal[j] = head
            var w = Dense.product(trailing: j + 1, of: a, order: n, v)
            for i in w.indices { w[i] *= beta }
            Dense.add(v, scaledBy: -beta / 2 * Dense.dot(w, v), to: &w)
            Dense.subtractRankTwo(v, w, fromTrailing: j + 1, of: &a, order: n)
            reflections.append((v: v, beta: beta))
        }
        for i in 0..<n { diagonal[i] = a[i * (n + 1)] }
        if n > 1 { offDiagonal[n - 2] = a[(n - 2) * n + n - 1] }
        for (j, reflection) in reflections.enumerated().reversed() where reflection.beta != 0 {
            Dense.reflectRows(
                along: reflection.v, beta: reflection.beta, ofTrailing: j + 1, of: &rows, order: n)
        }
    }

    /// Drives the off-diagonal to zero.
    mutating func diagonalize() {
        let norm = zip(diagonal, offDiagonal + [0]).map { abs($0) + abs($1) }.max() ?? 0
        var high = order - 1
        // Two or three steps an eigenvalue are usual; the bound only guards against surprises.
        var steps = 60 * order
        while high > 0, steps > 0 {
            for k in 0..<high where isNegligible(k, norm) { offDiagonal[k] = 0 }
            guard offDiagonal[high - 1] != 0 else {
                high -= 1
                continue
            }
            var low = high - 1
            while low > 0, offDiagonal[low - 1] != 0 { low -= 1 }
            step(low, high)
            steps -= 1
        }
    }

    private func isNegligible(_ k: Int, _ norm: Double) -> Bool {
        let scale = abs(diagonal[k]) + abs(diagonal[k + 1])
        return abs(offDiagonal[k]) <= max(scale, norm * 0x1p-10) * 0x1p-53
    }

    /// One QR step on the unreduced block from `low` to `high`.
    private mutating func step(_ low: Int, _ high: Int) {
        let half = (diagonal[high - 1] - diagonal[high]) / 2
        let last = offDiagonal[high - 1]
        let root = (half * half + last * last).squareRoot()
        let shift = diagonal[high] - last * last / (half + (half < 0 ? -root : root))
        var x = diagonal[low] - shift
        var z = offDiagonal[low]
        for k in low..<high {
            let length = (x * x + z * z).squareRoot()
            let (c, s) = length > 0 ? (x / length, z / length) : (1, 0)
            if k > low { offDiagonal[k - 1] = length }
            let (a, b, e) = (diagonal[k], diagonal[k + 1], offDiagonal[k])
            diagonal[k] = c * c * a + 2 * c * s * e + s * s * b
            diagonal[k + 1] = s * s * a - 2 * c * s * e + c * c * b
            offDiagonal[k] = c * s * (b - a) + (c * c - s * s) * e
            if k + 1 < high {
                x = offDiagonal[k]
                z = s * offDiagonal[k + 1]
                offDiagonal[k + 1] *= c
            }
            Dense.rotate(&rows, row: k, columns: order, cosine: c, sine: s)
        }
    }

    func fixedVector(_ index: Int) -> [Double] {
        let row = rows[index * order..<(index + 1) * order]
        let peak = row.reduce(0) { abs($1) > abs($0) ? $1 : $0 }
        return peak < 0 ? row.map { -$0 } : Array(row)
    }
}
