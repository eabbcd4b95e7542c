import Testing
import VectorKernels

@Suite struct FactorizationTests {
    @Test(arguments: [1, 15, 16, 17, 65])
    func `gathered rows are padded copies and their changes are differences`(width: Int) {
        let matrix = (0..<7 * width).map { Float($0) }
        let numbers: [Int32] = [6, 0, 3]
        var rows = Factorization.gather(numbers, from: matrix, width: width)
        let stride = Factorization.stride(for: width)
        #expect(stride % 16 == 0 && stride >= width && rows.count == 3 * stride)
        for (index, number) in numbers.enumerated() {
            for column in 0..<stride {
                let expected = column < width ? Float(Int(number) * width + column) : 0
                #expect(rows[index * stride + column] == expected)
            }
        }
        rows[stride + width - 1] += 3
        rows[2 * stride] -= 4
        let squares = Factorization.takeChanges(of: &rows, from: matrix, numbers, width: width)
        #expect(squares == 25 && rows.count == 3 * width)
        #expect(rows[2 * width - 1] == 3 && rows[2 * width] == -4)
        #expect(rows.reduce(0, +) == -1)
    }

    @Test(arguments: [1, 16, 33])
    func `scores are inner products`(width: Int) {
        let rows = (0..<5 * width).map { Float($0 % 7) }
        let user = (0..<width).map { Float($0 % 3) }
        let scores = Factorization.scores(rows, user: user)
        for row in 0..<5 {
            let expected = (0..<width).reduce(Float(0)) { $0 + rows[row * width + $1] * user[$1] }
            #expect(scores[row] == expected)
        }
    }

    @Test func `sigmoid gradients saturate without overflow`() {
        // One coordinate, one candidate: the row moves by -rate * (sigmoid(score) - 1) * user.
        for score in [-1e30, -200, -20, -1, 0, 1, 20, 200, 1e30] as [Float] {
            var user = [Float](repeating: 0, count: 16)
            user[0] = 1
            var rows = [Float](repeating: 0, count: 16)
            rows[0] = score
            rows[1] = 0
            user[1] = 1
            Factorization.descend(
                rows: &rows, user: &user, fixed: nil,
                examples: .init(positives: 1, candidates: 1, batch: 1, slots: [0]),
                settings: .init(softmax: false, itemRate: 1, userRate: 0, userDecay: 0))
            let expected = Float(1 / (1 + exponential(Double(max(-88, min(88, score))))))
            #expect(abs(rows[1] - expected) < 1e-6)
        }
    }

    @Test func `the fixed coordinate of the user stays`() {
        var user = [Float](repeating: 1, count: 16)
        var rows = [Float](repeating: 0.5, count: 32)
        Factorization.descend(
            rows: &rows, user: &user, fixed: 15,
            examples: .init(positives: 1, candidates: 1, batch: 4, slots: [1]),
            settings: .init(softmax: false, itemRate: 0.5, userRate: 0.5, userDecay: 0.1))
        #expect(user[15] == 1 && user[0] != 1)
        #expect(rows[0] == 0.5 && rows[16] != 0.5)
    }

    /// e^x by its series, which is enough for a test without Foundation.
    private func exponential(_ x: Double) -> Double {
        let halvings = 12
        var result = 1.0
        var term = 1.0
        let small = x / Double(1 << halvings)
        for n in 1..<20 {
            term *= small / Double(n)
            result += term
        }
        for _ in 0..<halvings { result *= result }
        return result
    }
}
