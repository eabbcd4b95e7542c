import Learning
import Testing
import VectorKernels

@testable import Recommender

struct UpdateCompressionTests {
    private let network = NeuralCollaborativeFiltering(
        itemCount: 30, configuration: .init(factors: 4, layers: 1, negatives: 2))

    private var layout: UpdateLayout { UpdateLayout(network.layout, freezing: []) }

    private func code(_ compression: UpdateCompression) throws -> UpdateCode {
        try UpdateCode(compression, of: layout, seed: 5)
    }

    /// A change of a few rows.
    private func change(seed: UInt64, rows: [Int32] = [3, 0, 17, 40]) -> Statistic {
        var random = SplitMix64(seed: seed)
        return Statistic(
            rows: rows, width: layout.width,
            values: (0..<rows.count * layout.width).map { _ in random.nextApproximateNormal() })
    }

    private func dense(_ statistic: Statistic, rows: Int) -> [Float] {
        var values = [Float](repeating: 0, count: rows * statistic.width)
        for (place, row) in statistic.rows.enumerated() {
            for column in 0..<statistic.width {
                values[Int(row) * statistic.width + column] +=
                    statistic.values[place * statistic.width + column]
            }
        }
        return values
    }

    private func decoded(
        _ changes: [Statistic], _ code: UpdateCode, round: Int, state: inout [Float]
    ) -> [Float] {
        let shape = code.shape(round: round)
        var sum = [Float](repeating: 0, count: shape.rows * shape.columns)
        for change in changes {
            let sent = code.encode(change, round: round)
            #expect(sent.width == shape.columns)
            sum = zip(sum, dense(sent, rows: shape.rows)).map { $0 + $1 }
        }
        return code.decode(sum[...], round: round, state: &state)
    }

    @Test func `a low-rank change is the projection of the change, to other directions each round`()
        throws
    {
        let (code, change) = (try code(.lowRank(2)), change(seed: 1))
        var state: [Float] = []
        let once = decoded([change], code, round: 3, state: &state)
        let shape = layout.rowCount
        let again = decoded(
            [
                Statistic(
                    rows: (0..<Int32(shape)).map { $0 }, width: layout.width, values: once)
            ], code, round: 3, state: &state)
        #expect(zip(once, again).allSatisfy { abs($0 - $1) < 1e-5 })
        let whole = dense(change, rows: shape)
        let left = zip(whole, once).map { $0 - $1 }
        let product = zip(left, once).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product) < 1e-4)
        #expect(VectorNorm.squared(once) > 0.01 && VectorNorm.squared(left) > 0.01)
        #expect(decoded([change], code, round: 4, state: &state) != once)
        // All directions together leave nothing out.
        let full = decoded([change], try self.code(.lowRank(layout.width)), round: 0, state: &state)
        #expect(zip(full, whole).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func `parts of all rounds are the whole`() throws {
        let (code, change) = (try code(.parts(3)), change(seed: 2))
        var (state, sum) = ([Float](), [Float](repeating: 0, count: layout.dimension))
        for round in 6..<9 {
            sum = zip(sum, decoded([change], code, round: round, state: &state)).map { $0 + $1 }
        }
        #expect(sum == dense(change, rows: layout.rowCount))
        #expect((0..<3).reduce(0) { $0 + code.shape(round: $1).rows } == layout.rowCount)
    }

    @Test func `a sketch gives back what few devices changed, and keeps the rest for later`() throws
    {
        let changes = [change(seed: 3), change(seed: 4, rows: [17, 22])]
        let whole = zip(
            dense(changes[0], rows: layout.rowCount), dense(changes[1], rows: layout.rowCount)
        ).map { $0 + $1 }
        let large = try code(.countSketch(rows: 7, columns: 4096, kept: 1000))
        var state = [Float](repeating: 0, count: large.stateCount)
        let all = decoded(changes, large, round: 0, state: &state)
        #expect(zip(all, whole).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(state.allSatisfy { abs($0) < 1e-5 })
        let sparing = try code(.countSketch(rows: 7, columns: 4096, kept: 3))
        let first = decoded(changes, sparing, round: 0, state: &state)
        #expect(first.count { $0 != 0 } == 3)
        var sum = first
        for round in 1..<9 {
            sum = zip(sum, decoded([], sparing, round: round, state: &state)).map { $0 + $1 }
        }
        #expect(zip(sum, whole).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test func `more directions than columns, and more parts than rows, are refused`() throws {
        for compression in [UpdateCompression.lowRank(99), .parts(9999)] {
            #expect(throws: FederatedNetworkError.self) { try code(compression) }
        }
    }

    @Test func `every layer's change is within its share of the norm, the others as they are`()
        throws
    {
        let layout = layout
        let before = change(seed: 5, rows: (0..<Int32(layout.rowCount)).map { $0 })
        // The items of the product take the first 30 rows of 4 columns.
        var change = Statistic(
            rows: before.rows, width: before.width,
            values: before.values.enumerated().map { $0 < 120 ? $1 * 1e-3 : $1 })
        let small = change.values[..<120]
        layout.clipLayers(of: &change, to: 2)
        #expect(change.values[..<120] == small)
        // product, tower, hidden0, head.
        #expect(abs(change.squaredNorm - 3.0) < 1e-3)
    }
}
