import Foundation
import OnDevice
import Testing

@Suite struct CalibrationTests {
    /// Steck's divergence of a list's mix from the target, by its definition.
    private func divergence(_ list: [Candidate], from target: [Double]) -> Double {
        let total = target.reduce(0, +)
        return target.indices.reduce(0) { sum, category in
            let wanted = target[category] / total
            guard wanted > 0 else { return sum }
            let share =
                list.reduce(0) {
                    let categories = Set($1.categories)
                    return $0 + (categories.contains(category) ? 1 / Double(categories.count) : 0)
                } / Double(list.count)
            return sum + wanted * log(wanted / (0.99 * share + 0.01 * wanted))
        }
    }

    @Test(arguments: [0.1, 0.5, 0.95])
    func `the list follows the definition`(weight: Double) {
        for seed in 0..<10 as Range<UInt64> {
            var random = SeededSequence(seed: seed)
            let candidates = random.makeCandidates(60).filter { !$0.categories.isEmpty }
            // The fifth category is not in the target, and the second not wanted.
            let target = [4.0, 0, 2, 1]
            let spread = spread(of: candidates)
            let expected = greedily(15, of: candidates) { list, next in
                let mix = (list + [next]).map { candidates[$0] }
                return (1 - weight) * candidates[next].score / spread
                    - weight * divergence(mix, from: target)
            }
            let reranker = Reranker.plain(calibration: Calibration(weight: weight))
            let order = reranker.order(candidates, limit: 15, targetMix: target)
            #expect(order == expected, "seed \(seed)")
        }
    }

    @Test func `a strongly weighed mix is met`() {
        // The first category has all the best scores.
        let candidates = (0..<100).map {
            Candidate(
                item: Int32($0), score: Double(100 - $0), vector: [], categories: [$0 < 50 ? 0 : 1])
        }
        let reranker = Reranker.plain(calibration: Calibration(weight: 0.99))
        let order = reranker.order(candidates, limit: 10, targetMix: [7, 3])
        #expect(order.count { $0 < 50 } == 7)
        #expect(order.count { $0 >= 50 } == 3)
    }

    @Test func `an item of no category is neither favoured nor held back`() {
        var random = SeededSequence(seed: 1)
        let candidates = random.makeCandidates(50)
        let list = Reranker.plain(calibration: Calibration(weight: 0.3)).rerank(
            candidates, limit: 50, targetMix: [1, 2, 3], using: &random)
        for placed in list where candidates[placed.candidate].categories.isEmpty {
            #expect(placed.value == placed.score)
        }
        // What the others get at a place has a mean of zero; pins bring out the value of each.
        let first = candidates.compactMap { candidate in
            Reranker.plain(
                calibration: Calibration(weight: 0.3),
                rules: [.pinned(item: candidate.item, position: 0)]
            ).rerank(candidates, limit: 1, targetMix: [1, 2, 3], using: &random).first
        }
        let adjustments = first.flatMap(\.adjustments).map(\.amount)
        #expect(adjustments.count == candidates.count { !$0.categories.isEmpty })
        #expect(abs(adjustments.reduce(0, +)) < 1e-9)
    }

    @Test func `nothing to weigh leaves the order of the scores`() {
        var random = SeededSequence(seed: 2)
        let candidates = random.makeCandidates(40)
        let plain = Reranker.plain().order(candidates)
        let targets: [[Double]?] = [nil, [], [0, 0], [.nan, -1, .infinity]]
        for target in targets {
            let reranker = Reranker.plain(calibration: Calibration(weight: 0.5))
            #expect(reranker.order(candidates, targetMix: target) == plain)
        }
        #expect(Reranker.plain().order(candidates, targetMix: [1, 2]) == plain)
        let uncategorised = candidates.map {
            Candidate(item: $0.item, score: $0.score, vector: $0.vector)
        }
        let reranker = Reranker.plain(calibration: Calibration(weight: 0.5))
        #expect(reranker.order(uncategorised, targetMix: [1, 2]) == plain)
    }

    @Test func `a target may be on any scale, its unusable entries count as nothing`() {
        var random = SeededSequence(seed: 3)
        let candidates = random.makeCandidates(40)
        let reranker = Reranker.plain(calibration: Calibration(weight: 0.5))
        let expected = reranker.order(candidates, targetMix: [0.5, 0.25, 0.25, 0, 0])
        #expect(reranker.order(candidates, targetMix: [2e300, 1e300, 1e300]) == expected)
        #expect(reranker.order(candidates, targetMix: [2, 1, 1, .nan, -4]) == expected)
        #expect(reranker.order(candidates, targetMix: [1, 1, 2]) != expected)
    }

    @Test func `categories may repeat or have any number`() {
        let target = [1.0, 1]
        func order(_ categories: [[Int]]) -> [Int] {
            let candidates = categories.enumerated().map {
                Candidate(item: Int32($0), score: -Double($0), vector: [], categories: $1)
            }
            return Reranker.plain(calibration: Calibration(weight: 0.5)).order(
                candidates, targetMix: target)
        }
        let expected = order([[0], [0, 1], [1], [7]])
        #expect(order([[0, 0], [1, 0, 1, 0], [1], [.max]]) == expected)
        #expect(order([[0], [0, 1], [1], [.min, .min]]) == expected)
    }
}
