internal import Learning
internal import VectorKernels

/// The algebraically largest eigenvalues of a large dense symmetric matrix and their eigenvectors.
///
/// Block Lanczos with full orthogonalisation and thick restarts: Wu and Simon, "Thick-restart
/// Lanczos method for large symmetric eigenvalue problems", SIAM J. Matrix Anal. Appl. 22(2), 2000,
/// in blocks. The projected problem is solved in Double. The start is fixed, so that the same matrix
/// always gives the same result.
package struct LeadingEigenpairs: Sendable {
    /// The eigenvalues, largest first.
    package let values: [Float]
    /// The unit eigenvectors as columns (order × count), orthonormal to about 1e-6. The entry of
    /// largest magnitude of each is positive.
    package let vectors: Matrix
    /// The largest ||A v - lambda v|| of the pairs, over the largest |lambda| seen.
    package let residual: Float

    /// The first `count` pairs of `matrix`, or all, if it has no more.
    ///
    /// - Parameters:
    ///   - matrix: Symmetric and finite.
    ///   - count: How many pairs to find.
    ///   - tolerance: The residual to reach, relative to the largest eigenvalue in magnitude.
    ///   - maximumRestarts: After how many restarts to settle for what was reached.
    package init(
        of matrix: Matrix, count: Int, tolerance: Float = 2e-5, maximumRestarts: Int = 60
    ) {
        precondition(matrix.rows == matrix.columns, "the matrix is not square")
        let order = matrix.rows
        let wanted = max(0, min(count, order))
        var subspace = KrylovSubspace(of: matrix)
        // A basis of two and a half times the wanted pairs balances the projected problems against
        // the number of restarts.
        let capacity = min(order, max(wanted * 5 / 2, wanted + 96))
        let kept = min(capacity, wanted + max(wanted / 4, 16))
        var worst = Float.infinity
        for _ in 0...max(0, maximumRestarts) {
            subspace.expand(to: capacity)
            worst = subspace.restart(keeping: min(kept, subspace.count), checking: wanted)
            if worst <= tolerance || capacity == order { break }
        }
        values = subspace.ritzValues.prefix(wanted).map { Float($0) }
        vectors = subspace.basis(rows: wanted).transpose
        residual = wanted == 0 ? 0 : worst
    }
}

/// An orthonormal basis V of a growing subspace, with A V and the projection Vᵀ A V.
private struct KrylovSubspace {
    static let block = 16

    let matrix: Matrix
    let order: Int
    /// Basis vectors and their images, one row each.
    var basis: [Float] = []
    var images: [Float] = []
    var count = 0
    /// The block that the next expansion starts from, one row each.
    var next: [Float]
    var ritzValues: [Double] = []
    private var random = SplitMix64(seed: 0x436F_7665_79)

    init(of matrix: Matrix) {
        self.matrix = matrix
        order = matrix.rows
        next = []
        for _ in 0..<Self.block * order { next.append(random.nextApproximateNormal()) }
    }

    func basis(rows: Int) -> Matrix {
        Matrix(rows: rows, columns: order, values: Array(basis.prefix(rows * order)))
    }

    mutating func expand(to capacity: Int) {
        while count < capacity {
            let added = orthonormalize(next, limit: capacity - count)
            let image = Dense.product(
                added, .plain, matrix.values, .plain, rows: added.count / max(order, 1),
                inner: order, columns: order)
            basis += added
            images += image
            count = basis.count / max(order, 1)
            next = image
        }
    }

    /// Orthonormal rows that extend the basis by the directions of `block`; where a row depends on
    /// the others, a new direction takes its place, so that an invariant subspace is left.
    private mutating func orthonormalize(_ block: [Float], limit: Int) -> [Float] {
        let rows = min(block.count / order, limit)
        var candidates = Array(block.prefix(rows * order))
        let scales = (0..<rows).map { norm(candidates[$0 * order..<($0 + 1) * order]) }
        project(&candidates, outOf: basis, rows: rows)
        project(&candidates, outOf: basis, rows: rows)
        var accepted: [[Double]] = []
        for index in 0..<rows {
            var row = candidates[index * order..<(index + 1) * order].map { Double($0) }
            var scale = Double(scales[index])
            for attempt in 0..<8 {
                if attempt > 0 {
                    var fresh = (0..<order).map { _ in random.nextApproximateNormal() }
                    scale = Double(norm(fresh[...]))
                    project(&fresh, outOf: basis, rows: 1)
                    project(&fresh, outOf: basis, rows: 1)
                    row = fresh.map { Double($0) }
                }
                for _ in 0..<2 {
                    for other in accepted {
                        Dense.add(other, scaledBy: -Dense.dot(other, row), to: &row)
                    }
                }
                let length = Dense.dot(row, row).squareRoot()
                if length > 1e-5 * scale, length.isFinite {
                    // A row that lost most of its length lost accuracy with it: once more.
                    var unit = row.map { Float($0 / length) }
                    project(&unit, outOf: basis, rows: 1)
                    row = unit.map { Double($0) }
                    for other in accepted {
                        Dense.add(other, scaledBy: -Dense.dot(other, row), to: &row)
                    }
                    let again = Dense.dot(row, row).squareRoot()
                    for i in row.indices { row[i] /= again }
                    break
                }
            }
            accepted.append(row)
        }
        return accepted.flatMap { $0.map { Float($0) } }
    }

    private func project(_ block: inout [Float], outOf basis: [Float], rows: Int) {
        guard count > 0, rows > 0 else { return }
        let overlaps = Dense.product(
            block, .plain, basis, .transposed, rows: rows, inner: order, columns: count)
        let parts = Dense.product(
            overlaps, .plain, basis, .plain, rows: rows, inner: count, columns: order)
        for i in block.indices { block[i] -= parts[i] }
    }

    private func norm(_ row: ArraySlice<Float>) -> Float {
        Float(row.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
    }

    /// Replaces the basis by its leading Ritz vectors and returns the largest relative residual of
    /// the first `checked` of them.
    mutating func restart(keeping kept: Int, checking checked: Int) -> Float {
        let projection = Dense.product(
            basis, .plain, images, .transposed, rows: count, inner: order, columns: count)
        var symmetric = [Double](repeating: 0, count: count * count)
        for i in 0..<count {
            for j in 0..<count {
                symmetric[i * count + j] =
                    (Double(projection[i * count + j]) + Double(projection[j * count + i])) / 2
            }
        }
        let small = SymmetricEigenvalues(of: symmetric, order: count)
        let coefficients = small.vectors.prefix(kept * count).map { Float($0) }
        basis = Dense.product(
            coefficients, .plain, basis, .plain, rows: kept, inner: count, columns: order)
        images = Dense.product(
            coefficients, .plain, images, .plain, rows: kept, inner: count, columns: order)
        let scale = max(
            abs(small.values.first ?? 0), abs(small.values.last ?? 0), .leastNormalMagnitude)
        ritzValues = Array(small.values.prefix(kept))
        count = kept
        var worst: Float = 0
        var residuals: [(norm: Float, index: Int)] = []
        var differences = images
        for index in 0..<kept {
            let value = Float(ritzValues[index])
            let range = index * order..<(index + 1) * order
            var squares: Float = 0
            for i in range {
                differences[i] -= value * basis[i]
                squares += differences[i] * differences[i]
            }
            let residual = squares.squareRoot() / Float(scale)
            if index < checked { worst = max(worst, residual) }
            residuals.append((residual, index))
        }
        // All residuals lie in the span of the last block's; the largest ones span it best.
        next = []
        for (_, index) in residuals.sorted(by: { $0.norm > $1.norm }).prefix(Self.block) {
            next += differences[index * order..<(index + 1) * order]
        }
        fixSigns(rows: checked)
        return worst
    }

    private mutating func fixSigns(rows: Int) {
        for index in 0..<rows {
            let range = index * order..<(index + 1) * order
            let peak = basis[range].reduce(0) { abs($1) > abs($0) ? $1 : $0 }
            if peak < 0 {
                for i in range {
                    basis[i] = -basis[i]
                    images[i] = -images[i]
                }
            }
        }
    }
}

/// The algebraically largest eigenpairs of a symmetric matrix, largest first.
package func leadingEigenpairs(of matrix: Matrix, count: Int) -> LeadingEigenpairs {
    LeadingEigenpairs(of: matrix, count: count)
}
