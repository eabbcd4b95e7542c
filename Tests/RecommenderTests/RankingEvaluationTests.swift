import Foundation
import Recommender
import Testing

@Suite struct RankingEvaluationTests {
    private func ranks(_ scores: [Float], seen: [Int32] = [], target: Int32) -> [Int]? {
        RankingEvaluation(itemCount: scores.count).outcome(
            scores: scores, user: 0, seen: seen, targets: [target])?.fullRanks
    }

    @Test func `full rank counts better unseen items`() {
        #expect(ranks([5, 4, 3, 2, 1], target: 2) == [2])
        #expect(ranks([5, 4, 3, 2, 1], seen: [0, 4, 0], target: 2) == [1])
        #expect(ranks([5, 4, 3, 2, 1], seen: [2], target: 2) == [2])
    }

    @Test func `ties count half, rounded up, and NaN is last`() {
        #expect(ranks([1, 1, 1, 1], target: 3) == [2])
        #expect(ranks([1, 1, 1, 1, 1], seen: [0], target: 3) == [2])
        #expect(ranks([.nan, 1, 2, -.infinity], target: 0) == [3])
        #expect(ranks([.nan, 1, .nan, 3], target: 1) == [1])
    }

    @Test func `a constant score is no good in either protocol`() throws {
        let outcome = try #require(
            RankingEvaluation(itemCount: 500).outcome(
                scores: [Float](repeating: 3, count: 500), user: 1, seen: [], targets: [7]))
        #expect(outcome.sampledRanks == [50])
        #expect(outcome.fullRanks == [250])
    }

    @Test func `negatives are the same for every model and never seen or targets`() throws {
        let evaluation = RankingEvaluation(.init(negatives: 20, seed: 5), itemCount: 300)
        let seen = (0..<200).map { Int32($0) }
        // With the score 1 for one item alone, the sampled rank tells whether it was drawn.
        func isDrawn(_ item: Int, user: Int) -> Bool {
            var scores = [Float](repeating: -1, count: 300)
            scores[item] = 1
            scores[250] = 0
            return evaluation.outcome(
                scores: scores, user: user, seen: seen, targets: [250])?.sampledRanks == [1]
        }
        let first = (0..<300).filter { isDrawn($0, user: 1) }
        #expect(first.count == 20)
        #expect(first.allSatisfy { $0 >= 200 && $0 != 250 })
        #expect(first != (0..<300).filter { isDrawn($0, user: 2) })
    }

    @Test func `fewer unseen items than negatives are all used`() throws {
        let outcome = try #require(
            RankingEvaluation(itemCount: 10).outcome(
                scores: (0..<10).map { Float($0) }, user: 0, seen: [9, 8], targets: [3]))
        #expect(outcome.sampledRanks == [4])
        #expect(outcome.recommended == [7, 6, 5, 4, 3, 2, 1, 0])
        let nobody = RankingEvaluation(itemCount: 2).outcome(
            scores: [1, 2], user: 0, seen: [0], targets: [Int32]())
        #expect(nobody == nil)
    }

    @Test func `recommended lists hold the best unseen items in order`() throws {
        let evaluation = RankingEvaluation(.init(cutoff: 3), itemCount: 6)
        let outcome = try #require(
            evaluation.outcome(
                scores: [1, .nan, 9, 9, 2, 8], user: 0, seen: [5], targets: [0]))
        #expect(outcome.recommended == [2, 3, 4])
    }

    @Test func `metrics equal values computed by hand`() {
        // One person hits at rank 1 (of 2 targets), one misses, one has no target.
        let metrics = RankingMetrics(ranks: [[1, 30], [10], []], cutoff: 10)
        #expect(metrics.hitRate == 0.5)
        #expect(metrics.recall == 0.25)
        let ideal = 1 + 1 / log2(3.0)
        #expect(abs(metrics.ndcg - (1 / log2(3.0)) / ideal / 2) < 1e-12)
        #expect(abs(metrics.meanReciprocalRank - (1.0 / 2 + 1.0 / 11) / 2) < 1e-12)
        #expect(RankingMetrics(ranks: [], cutoff: 10).hitRate == 0)
    }

    @Test func `coverage, Gini and novelty equal values computed by hand`() {
        let lists: [[Int32]] = [[0, 1], [0, 2]]
        let outcomes = lists.map {
            RankingEvaluation.Outcome(sampledRanks: [0], fullRanks: [4], recommended: $0)
        }
        let quality = RankingQuality(
            outcomes: outcomes + [nil], popularity: [4, 2, 0, 2], cutoff: 2)
        #expect(quality.people == 2)
        #expect(quality.coverage == 0.75)
        // Exposures 0, 1, 1, 2: (-3*0 - 1*1 + 1*1 + 3*2) / (4 * 4).
        #expect(quality.exposureGini == 0.375)
        // Shares 1/2, 1/4 and, for the item without a count, 1/8.
        #expect(quality.novelty == 1.75)
        #expect(quality.sampled.hitRate == 1 && quality.full.hitRate == 0)
        #expect(RankingQuality.gini(of: [3, 3, 3]) == 0)
        #expect(RankingQuality.gini(of: [0, 0, 0, 8]) == 0.75)
        #expect(RankingQuality.gini(of: []) == 0)
    }

    @Test func `JSON has the names that reports use, and reads back`() throws {
        let outcome = RankingEvaluation.Outcome(
            sampledRanks: [2], fullRanks: [20], recommended: [1])
        let quality = RankingQuality(outcomes: [outcome], popularity: [1, 1], cutoff: 10)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(quality)
        let text = String(decoding: data, as: UTF8.self)
        for key in ["hr@10", "ndcg@10", "recall@10", "mrr", "full", "people", "coverage@10"] {
            #expect(text.contains("\"\(key)\":"))
        }
        #expect(try JSONDecoder().decode(RankingQuality.self, from: data) == quality)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(RankingQuality.self, from: Data("{}".utf8))
        }
    }

    @Test func `popularity ranks by counts and survives its snapshot`() throws {
        let ranker = PopularityRanker(
            itemCount: 3,
            histories: [
                [Interaction(item: 2, timestamp: 0), Interaction(item: 0, timestamp: 1)],
                [Interaction(item: 2, timestamp: 0)],
            ])
        #expect(ranker.scores(history: [], privateParameters: []) == [1, 0, 2])
        let bytes = ranker.snapshot.encoded()
        #expect(try PopularityRanker(snapshot: Snapshot(decoding: bytes)) == ranker)
        #expect(throws: SnapshotError.self) {
            try PopularityRanker(snapshot: Snapshot(kind: "other"))
        }
    }
}
