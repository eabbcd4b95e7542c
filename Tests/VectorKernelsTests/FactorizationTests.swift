import Testing
import VectorKernels

@Suite struct FactorizationTests {
    @Test(arguments: [1, 15, 16, 17, 65])
    func `gathered rows are padded copies`(width: Int) {
        let matrix = (0..<7 * width).map { Float($0) }
        let numbers: [Int32] = [6, 0, 3]
        let rows = Factorization.gather(numbers, from: matrix, width: width)
        let stride = Factorization.stride(for: width)
        #expect(stride % 16 == 0 && stride >= width && rows.count == 3 * stride)
        for (index, number) in numbers.enumerated() {
            for column in 0..<stride {
                let expected = column < width ? Float(Int(number) * width + column) : 0
                #expect(rows[index * stride + column] == expected)
            }
        }
    }

    // One batch, as many as are not written to memory, and one more; vectors with and without padding.
    @Test(arguments: [1, 5, 8, 9, 30], [3, 16, 32, 40, 64])
    func `changes are what descent on copies of the rows comes to`(batches: Int, width: Int) {
        var random = SystemRandomNumberGenerator()
        func value() -> Float { Float.random(in: -0.5...0.5, using: &random) }
        let matrix = (0..<40 * width).map { _ in value() }
        let numbers = (0..<40 as Range<Int32>).shuffled().prefix(25)
        let stride = Factorization.stride(for: width)
        var user = (0..<stride).map { $0 < width ? value() : 0 }
        // The last batch has fewer, and not all fill a vector of sixteen.
        let examples = Factorization.Examples(
            positives: 20 * batches - 3, candidates: 3, batch: 20,
            slots: (0..<3 * (20 * batches - 3)).map { _ in Int32.random(in: 0..<25) })
        for softmax in [false, true] {
            let settings = Factorization.Settings(
                softmax: softmax, itemRate: 0.1, userRate: 0.02, userDecay: 0.1)
            var copies = Factorization.gather(Array(numbers), from: matrix, width: width)
            let before = copies
            var moved = user
            Factorization.descend(
                rows: &copies, user: &moved, fixed: width - 1, examples: examples,
                settings: settings)
            let (rows, squaredNorm) = Factorization.changes(
                of: Array(numbers), in: matrix, width: width, user: &user, fixed: width - 1,
                examples: examples, settings: settings)
            let changes: [Float]
            switch rows {
            case .values(let values): changes = values
            case .combined(let rows): changes = rows.values
            }
            #expect(changes.count == 25 * width && user.count == stride)
            #expect(zip(user, moved).allSatisfy { abs($0 - $1) < 1e-4 })
            var squares = 0.0
            for row in 0..<25 {
                for column in 0..<width {
                    let place = row * stride + column
                    let change = changes[row * width + column]
                    #expect(abs(change - (copies[place] - before[place])) < 1e-4)
                    squares += Double(change * change)
                }
            }
            #expect(squares > 1e-3 && abs(squaredNorm / squares - 1) < 1e-4)
        }
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
