import Learning
import Testing

struct AliasTableTests {
    @Test(arguments: [
        [1], [1, 1, 1], [0, 3, 1, 0, 6], [1e-9, 1e9, 2e9], (1...200).map { 1 / Double($0) },
    ])
    func `numbers are drawn as often as their weights say`(weights: [Double]) {
        let table = AliasTable(weights)
        var random = SplitMix64(seed: 5)
        let draws = 200_000
        var counts = [Int](repeating: 0, count: weights.count)
        for _ in 0..<draws { counts[Int(table.draw(&random))] += 1 }
        let sum = weights.reduce(0, +)
        for (weight, count) in zip(weights, counts) {
            let expected = weight / sum * Double(draws)
            // Five standard deviations.
            #expect(abs(Double(count) - expected) <= 5 * expected.squareRoot() + 1e-3)
        }
    }
}
