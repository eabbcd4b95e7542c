import Testing
import VectorKernels

@Suite struct DenseTests {
    /// Sizes on, under and over the panels' and blocks' edges.
    static let shapes = [
        (1, 1, 1), (6, 16, 16), (7, 3, 17), (5, 257, 15), (97, 256, 33), (100, 300, 530),
        (3, 0, 2), (0, 4, 3),
    ]

    @Test(arguments: shapes)
    func `product equals the naive one for all orientations`(rows: Int, inner: Int, columns: Int) {
        let a = numbers(rows * inner, seed: 1)
        let b = numbers(inner * columns, seed: 2)
        var expected = [Double](repeating: 0, count: rows * columns)
        for i in 0..<rows {
            for p in 0..<inner {
                for j in 0..<columns {
                    expected[i * columns + j] +=
                        Double(a[i * inner + p]) * Double(b[p * columns + j])
                }
            }
        }
        let aTransposed = transpose(a, rows: rows, columns: inner)
        let bTransposed = transpose(b, rows: inner, columns: columns)
        let products = [
            Dense.product(a, .plain, b, .plain, rows: rows, inner: inner, columns: columns),
            Dense.product(
                aTransposed, .transposed, b, .plain, rows: rows, inner: inner, columns: columns),
            Dense.product(
                a, .plain, bTransposed, .transposed, rows: rows, inner: inner, columns: columns),
            Dense.product(
                a, inDouble: b.map { Double($0) }, rows: rows, inner: inner, columns: columns),
        ]
        for product in products {
            #expect(product.count == expected.count)
            let worst = zip(product, expected).map { abs(Double($0) - $1) }.max() ?? 0
            #expect(worst < 1e-5 * Double(max(inner, 1)).squareRoot())
        }
    }

    @Test func `gram in Double is exactly symmetric and equals the naive one`() {
        let (rows, columns) = (41, 19)
        let a = numbers(rows * columns, seed: 3)
        let gram = Dense.gram(a, rows: rows, columns: columns)
        for i in 0..<columns {
            for j in 0..<columns {
                var expected = 0.0
                for p in 0..<rows {
                    expected += Double(a[p * columns + i]) * Double(a[p * columns + j])
                }
                #expect(abs(gram[i * columns + j] - expected) < 1e-12)
                #expect(gram[i * columns + j] == gram[j * columns + i])
            }
        }
    }

    private func transpose(_ a: [Float], rows: Int, columns: Int) -> [Float] {
        var result = a
        for i in 0..<rows { for j in 0..<columns { result[j * rows + i] = a[i * columns + j] } }
        return result
    }

    /// Fixed numbers in [-1, 1).
    private func numbers(_ count: Int, seed: UInt32) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(Int32(bitPattern: state)) * 0x1p-31
        }
    }
}
