internal import VectorKernels

/// The lower triangular L of A = L Lᵀ, for a symmetric positive definite A.
struct CholeskyFactor: Sendable {
    private let order: Int
    /// Row-major; what is above the diagonal is not used.
    private var lower: [Double]

    /// Factors `matrix`, order × order and row-major. A pivot that rounding has made too small counts
    /// as the smallest that is safe.
    init(of matrix: [Double], order: Int) {
        self.order = order
        lower = matrix
        let largest = (0..<order).reduce(0.0) { max($0, matrix[$1 * order + $1]) }
        let floor = max(largest, 1e-300) * 1e-14
        for row in 0..<order {
            for column in 0..<row {
                let known = Dense.dot(
                    lower, from: row * order, lower, from: column * order, count: column)
                lower[row * order + column] =
                    (lower[row * order + column] - known) / lower[column * order + column]
            }
            let known = Dense.dot(lower, from: row * order, lower, from: row * order, count: row)
            lower[row * order + row] =
                max(lower[row * order + row] - known, floor).squareRoot()
        }
    }

    /// The x of A x = b.
    func solve(_ b: [Double]) -> [Double] {
        var x = b
        for row in 0..<order {
            let known = Dense.dot(lower, from: row * order, x, from: 0, count: row)
            x[row] = (x[row] - known) / lower[row * order + row]
        }
        for row in stride(from: order - 1, through: 0, by: -1) {
            x[row] /= lower[row * order + row]
            for column in 0..<row { x[column] -= lower[row * order + column] * x[row] }
        }
        return x
    }
}
