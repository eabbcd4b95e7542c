import Learning
import Recommender
import Testing

@Suite struct LinearAlgebraTests {
    static func random(rows: Int, columns: Int, seed: UInt64) -> Matrix {
        var generator = SplitMix64(seed: seed)
        return Matrix(
            rows: rows, columns: columns,
            values: (0..<rows * columns).map { _ in generator.nextApproximateNormal() })
    }

    static func symmetric(_ order: Int, seed: UInt64) -> Matrix {
        let a = random(rows: order, columns: order, seed: seed)
        let b = a.transpose
        return Matrix(
            rows: order, columns: order, values: zip(a.values, b.values).map { ($0 + $1) / 2 })
    }

    /// The largest difference of QᵀQ from the identity, Q having orthonormal columns.
    static func orthogonalityError(_ q: Matrix) -> Float {
        let gram = q.gram
        var worst: Float = 0
        for i in 0..<q.columns {
            for j in 0..<q.columns { worst = max(worst, abs(gram[i, j] - (i == j ? 1 : 0))) }
        }
        return worst
    }

    @Test(arguments: [1, 2, 3, 10, 65])
    func `small eigenproblems are solved to the precision of Double`(order: Int) {
        let a = Self.symmetric(order, seed: UInt64(order)).values.map { Double($0) }
        let eigen = SymmetricEigenvalues(of: a, order: order)
        #expect(eigen.values == eigen.values.sorted(by: >))
        for i in 0..<order {
            let v = eigen.vectors[i * order..<(i + 1) * order].map { $0 }
            for r in 0..<order {
                var image = 0.0
                for c in 0..<order { image += a[r * order + c] * v[c] }
                #expect(abs(image - eigen.values[i] * v[r]) < 1e-12 * Double(order))
            }
            for j in 0...i {
                var product = 0.0
                for c in 0..<order { product += v[c] * eigen.vectors[j * order + c] }
                #expect(abs(product - (i == j ? 1 : 0)) < 1e-12)
            }
            let peak = v.reduce(0) { abs($1) > abs($0) ? $1 : $0 }
            #expect(peak > 0)
        }
    }

    @Test func `known eigenvalues are found, repeated ones included`() {
        // The path graph's second difference matrix: 2 - 2 cos(pi j / (n + 1)).
        let n = 20
        var a = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            a[i * n + i] = 2
            if i > 0 { a[i * n + i - 1] = -1 }
            if i < n - 1 { a[i * n + i + 1] = -1 }
        }
        let values = SymmetricEigenvalues(of: a, order: n).values
        #expect(abs(values.reduce(1, *) - Double(n + 1)) < 1e-10)
        #expect(abs(values.reduce(0, +) - Double(2 * n)) < 1e-12)

        let identity = (0..<16).map { $0 % 5 == 0 ? 3.0 : 0 }
        #expect(SymmetricEigenvalues(of: identity, order: 4).values == [3, 3, 3, 3])
        let zero = SymmetricEigenvalues(of: [Double](repeating: 0, count: 9), order: 3)
        #expect(zero.values == [0, 0, 0])
        #expect(SymmetricEigenvalues(of: [], order: 0).values.isEmpty)
        let broken = SymmetricEigenvalues(of: [.nan, 0, 0, 1], order: 2)
        #expect(broken.values.filter { !$0.isNaN } == [])
    }

    @Test func `leading pairs of a noise matrix agree with the whole decomposition`() {
        let order = 260
        let a = Self.symmetric(order, seed: 7)
        let pairs = leadingEigenpairs(of: a, count: 40)
        let exact = SymmetricEigenvalues(of: a.values.map { Double($0) }, order: order)
        for i in 0..<40 { #expect(abs(Double(pairs.values[i]) - exact.values[i]) < 1e-3) }
        #expect(pairs.residual < 1e-4)
        #expect(Self.orthogonalityError(pairs.vectors) < 1e-5)
        let image = a.times(pairs.vectors)
        for i in 0..<40 {
            for r in 0..<order {
                let difference = image[r, i] - pairs.values[i] * pairs.vectors[r, i]
                #expect(abs(difference) < 5e-3)
            }
        }
    }

    @Test func `a spike above noise is found exactly, and twice the same`() {
        let order = 400
        let noise = Self.symmetric(order, seed: 3)
        var direction = Self.random(rows: order, columns: 1, seed: 4)
        let norm = direction.gram[0, 0].squareRoot()
        for i in 0..<order { direction[i, 0] /= norm }
        let spike = direction.timesTranspose(direction)
        let a = Matrix(
            rows: order, columns: order,
            values: zip(noise.values, spike.values).map { 0.01 * $0 + 50 * $1 })
        let pairs = leadingEigenpairs(of: a, count: 3)
        #expect(abs(pairs.values[0] - 50) < 0.1)
        #expect(abs(pairs.vectors.transposeTimes(direction)[0, 0]) > 0.999)
        #expect(pairs.vectors == leadingEigenpairs(of: a, count: 3).vectors)
    }

    @Test(arguments: [(1, 1), (3, 5), (40, 40), (120, 0)])
    func `degenerate matrices have orthonormal eigenvectors`(order: Int, count: Int) {
        let zero = leadingEigenpairs(of: Matrix(rows: order, columns: order), count: count)
        #expect(zero.values == [Float](repeating: 0, count: min(order, count)))
        #expect(Self.orthogonalityError(zero.vectors) < 1e-5)
        // Rank one.
        let ones = Matrix(
            rows: order, columns: order, values: [Float](repeating: 1, count: order * order))
        let one = leadingEigenpairs(of: ones, count: count)
        if count > 0 { #expect(abs(one.values[0] - Float(order)) < 1e-3) }
        #expect(one.values.dropFirst().allSatisfy { abs($0) < 1e-3 })
        #expect(Self.orthogonalityError(one.vectors) < 1e-5)
    }

    @Test func `thin SVD restores the matrix and its left vectors are orthonormal`() {
        var a = Self.random(rows: 300, columns: 24, seed: 9)
        // Columns over three orders of magnitude.
        for r in 0..<300 { for c in 0..<24 { a[r, c] *= 1 / Float(1 + c * c * 2) } }
        let svd = ThinSVD(of: a)
        #expect(svd.rank == 24)
        #expect(Self.orthogonalityError(svd.left) < 1e-5)
        #expect(Self.orthogonalityError(svd.right) < 1e-5)
        var scaled = svd.left
        for r in 0..<300 { for c in 0..<24 { scaled[r, c] *= svd.values[c] } }
        let restored = scaled.timesTranspose(svd.right)
        let worst = zip(restored.values, a.values).map { abs($0 - $1) }.max() ?? 0
        #expect(worst < 1e-5)
    }

    @Test func `an orthonormal basis leaves dependent columns out and spans the rest`() {
        var a = Self.random(rows: 90, columns: 12, seed: 2)
        for r in 0..<90 {
            a[r, 4] = a[r, 1] - 2 * a[r, 2]
            a[r, 7] = 0
        }
        let q = a.orthonormalBasis()
        #expect(q.columns == 10)
        #expect(Self.orthogonalityError(q) < 1e-5)
        let projected = q.times(q.transposeTimes(a))
        let worst = zip(projected.values, a.values).map { abs($0 - $1) }.max() ?? 0
        #expect(worst < 1e-4)
        #expect(Matrix(rows: 5, columns: 3).orthonormalBasis().columns == 0)
    }
}
