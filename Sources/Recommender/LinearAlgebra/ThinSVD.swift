internal import VectorKernels

/// The singular value decomposition A = U diag(s) Vᵀ of a tall matrix of a few hundred columns at
/// most, without the directions that are numerically zero.
///
/// Eigenvectors of AᵀA in Double; U = A V / s in Double. U is orthonormal to 1e-5 for singular
/// values down to 1e-5 of the largest: Golub and Van Loan, Matrix Computations, section 8.6.
package struct ThinSVD: Sendable {
    /// The left singular vectors as columns (rows × rank). The entry of largest magnitude of each
    /// *right* singular vector is positive.
    package let left: Matrix
    /// The singular values, largest first.
    package let values: [Float]
    /// The right singular vectors as columns (columns × rank).
    package let right: Matrix

    /// The number of singular values above the threshold.
    package var rank: Int { values.count }

    /// Decomposes `matrix`, dropping singular values under `tolerance` times the largest.
    package init(of matrix: Matrix, tolerance: Double = 1e-5) {
        let columns = matrix.columns
        let gram = Dense.gram(matrix.values, rows: matrix.rows, columns: columns)
        let eigen = SymmetricEigenvalues(of: gram, order: columns)
        let largest = max(0, eigen.values.first ?? 0).squareRoot()
        let singular = eigen.values.map { max(0, $0).squareRoot() }
        let rank = singular.prefix { $0 > tolerance * largest }.count
        var scaled = [Double](repeating: 0, count: columns * rank)
        var right = Matrix(rows: columns, columns: rank)
        for r in 0..<rank {
            for c in 0..<columns {
                let entry = eigen.vectors[r * columns + c]
                scaled[c * rank + r] = entry / singular[r]
                right[c, r] = Float(entry)
            }
        }
        left = Matrix(
            rows: matrix.rows, columns: rank,
            values: Dense.product(
                matrix.values, inDouble: scaled, rows: matrix.rows, inner: columns, columns: rank))
        values = singular.prefix(rank).map { Float($0) }
        self.right = right
    }
}

extension Matrix {
    /// An orthonormal basis of the space that the columns span, as the columns of a matrix;
    /// directions under `tolerance` of the strongest are left out, so that dependent columns are.
    package func orthonormalBasis(tolerance: Double = 1e-5) -> Matrix {
        ThinSVD(of: self, tolerance: tolerance).left
    }
}
