import Foundation
import OnDevice
import Testing

@Suite struct RerankerTests {
    private static let rerankers: [Reranker] = [
        Reranker(), Reranker.plain(), Reranker(diversity: .determinantal()),
        Reranker(exploration: .epsilonGreedy(epsilon: 0.5)),
        Reranker(exploration: .plackettLuce(temperature: 1)),
        Reranker(
            diversity: .determinantal(theta: 0.2), calibration: Calibration(weight: 0.9),
            exposure: ExposureDebiasing(strength: 3)),
    ]

    @Test(arguments: rerankers)
    func `no item twice, never more than asked for, all if there are fewer`(reranker: Reranker) {
        for seed in 0..<40 as Range<UInt64> {
            var random = SeededSequence(seed: seed)
            let candidates = random.makeCandidates(Int(seed))
            for limit in [-1, 0, 1, 7, 39, 40, .max] {
                let list = reranker.rerank(
                    candidates, limit: limit, targetMix: [3, 2, 1], using: &random)
                #expect(list.count == min(max(0, limit), candidates.count))
                #expect(Set(list.map(\.candidate)).count == list.count)
                #expect(list.allSatisfy { $0.propensity > 0 && $0.propensity <= 1 })
            }
        }
    }

    @Test(arguments: rerankers)
    func `a value is the score plus the adjustments, to the last bit`(reranker: Reranker) {
        var random = SeededSequence(seed: 21)
        let candidates = random.makeCandidates(80)
        let list = reranker.rerank(
            candidates, limit: 30, targetMix: [3, 2, 1], using: &random)
        for placed in list {
            #expect(placed.score == candidates[placed.candidate].score)
            #expect(placed.adjustments.reduce(placed.score) { $0 + $1.amount } == placed.value)
            let sources = placed.adjustments.map(\.source)
            #expect(Set(sources).count == sources.count)
        }
    }

    @Test func `by default each of the three adjustments has a part`() {
        var random = SeededSequence(seed: 22)
        let candidates = random.makeCandidates(80)
        let list = Reranker().rerank(
            candidates, limit: 30, targetMix: [3, 2, 1], using: &random)
        let sources = Set(list.flatMap(\.adjustments).map(\.source))
        #expect(sources == Set(Placed.Adjustment.Source.allCases))
        // Mildly: the first ten have most of the twenty best in score among them.
        let best = Set(Reranker.plain().order(candidates, limit: 20))
        #expect(list.prefix(10).count { best.contains($0.candidate) } >= 7)
    }

    @Test(arguments: rerankers)
    func `scores that cannot be weighed are left out`(reranker: Reranker) {
        var random = SeededSequence(seed: 23)
        var candidates = random.makeCandidates(10)
        candidates[0].score = .nan
        candidates[3].score = .infinity
        candidates[4].score = -.infinity
        candidates[8].score = 1e39
        candidates[5].score = 3e38
        candidates[6].score = -3e38
        let list = reranker.rerank(candidates, limit: 10, targetMix: [1, 2], using: &random)
        #expect(Set(list.map(\.candidate)) == [1, 2, 5, 6, 7, 9])
        #expect(list.allSatisfy { $0.value.isFinite && $0.propensity > 0 })
    }

    @Test func `of candidates of one item the first counts`() {
        let candidates = [5, 7, 5, 7, 5, 1].enumerated().map {
            Candidate(item: $1, score: Double($0), vector: [])
        }
        #expect(Reranker.plain().order(candidates) == [5, 1, 0])
    }

    @Test func `equal scores keep the order of the candidates`() {
        let candidates = (0..<30).map { Candidate(item: $0, score: 0.1, vector: [1, 2]) }
        #expect(Reranker().order(candidates) == Array(0..<30))
    }

    @Test func `equal scores leave the choice to the adjustments`() {
        let exposures: [Double] = [3, 0, 8, 1]
        let candidates = exposures.enumerated().map {
            Candidate(item: Int32($0), score: 1e9 + 0.1, vector: [], exposure: $1)
        }
        #expect(Reranker().order(candidates) == [1, 3, 0, 2])
    }

    @Test func `exposure costs its logarithm, unusable exposure nothing`() throws {
        let exposures: [Double] = [0, 1, -2, .nan, .infinity, 9]
        let candidates = exposures.enumerated().map {
            Candidate(item: Int32($0), score: Double($0), vector: [], exposure: $1)
        }
        var random = SeededSequence(seed: 0)
        let reranker = Reranker.plain(exposure: ExposureDebiasing(strength: 0.5))
        let list = reranker.rerank(candidates, limit: 6, using: &random)
        let costs = Dictionary(
            uniqueKeysWithValues: list.map { ($0.candidate, $0.score - $0.value) })
        let unit = 0.5 * spread(of: candidates)
        #expect(costs[0] == 0)
        #expect(costs[2] == 0)
        #expect(costs[3] == 0)
        #expect(abs(try #require(costs[1]) - unit * log(2)) < 1e-12)
        #expect(abs(try #require(costs[5]) - unit * log(10)) < 1e-12)
        #expect(list.last?.candidate == 4)
        #expect(list.allSatisfy { $0.value.isFinite })
    }

    @Test(arguments: rerankers)
    func `scaling or shifting every score changes no list`(reranker: Reranker) {
        for seed in 30..<40 as Range<UInt64> {
            var random = SeededSequence(seed: seed)
            let candidates = random.makeCandidates(50)
            let expected = reranker.order(candidates, limit: 20, targetMix: [2, 1], seed: seed)
            for (scale, shift) in [(1e-6, 0.0), (1000, 0), (1, 100), (0.25, -8)] {
                let changed = candidates.map {
                    var candidate = $0
                    candidate.score = candidate.score * scale + shift
                    return candidate
                }
                let order = reranker.order(changed, limit: 20, targetMix: [2, 1], seed: seed)
                #expect(order == expected, "seed \(seed)")
            }
        }
    }

    @Test func `options beyond their range count as its bound`() {
        var random = SeededSequence(seed: 41)
        let candidates = random.makeCandidates(30)
        func order(_ diversity: Diversity, _ weight: Double, _ strength: Double) -> [Int] {
            Reranker(
                diversity: diversity, calibration: Calibration(weight: weight),
                exposure: ExposureDebiasing(strength: strength)
            ).order(candidates, targetMix: [1, 2])
        }
        let plain = Reranker.plain().order(candidates)
        #expect(order(.mmr(lambda: 7), -1, -1) == plain)
        #expect(order(.mmr(lambda: .nan), .nan, .nan) == plain)
        #expect(order(.determinantal(theta: .infinity), 0, 0) == plain)
        #expect(order(.mmr(lambda: -7), 2, 1e9) == order(.mmr(lambda: 0.001), 0.999, 1000))
    }
}
