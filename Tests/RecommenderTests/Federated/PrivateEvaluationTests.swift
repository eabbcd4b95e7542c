import Learning
import Testing
import VectorKernels

@testable import Recommender

struct PrivateEvaluationTests {
    private func evaluation(patience: Int = 0) -> PrivateEvaluation {
        PrivateEvaluation(
            interval: 2, budgetShare: 0.25, patience: patience, groupStarts: [30, 10],
            ranking: .init(cutoff: 3, negatives: 9))
    }

    @Test func `what devices add is within the norm, and the sum says how they did`() {
        let evaluation = evaluation()
        let people: [(rank: Int?, length: Int)] = [
            (0, 5), (7, 9), (2, 10), (nil, 12), (4, 29), (1, 30), (0, 500),
        ]
        var sum = [Float](repeating: 0, count: evaluation.dimension)
        for person in people {
            let statistic = evaluation.statistic(rank: person.rank, length: person.length)
            #expect(statistic.squaredNorm.squareRoot() <= PrivateEvaluation.norm)
            for (index, value) in statistic.values.enumerated() { sum[index] += value }
        }
        let quality = evaluation.quality(
            in: NoisySum(values: sum, noiseStandardDeviation: 0, contributors: 7))
        #expect(quality.all.people == 6 && abs(quality.all.hitRate - 4.0 / 6) < 1e-6)
        #expect(quality.groups.map(\.shortestHistory) == [0, 10, 30])
        #expect(quality.groups.map(\.lengths) == ["0 to 9", "10 to 29", "30 and more"])
        #expect(quality.all.lengths == "all")
        #expect(quality.groups.map(\.people) == [2, 2, 2])
        #expect(quality.groups.map { ($0.hitRate * 2).rounded() } == [1, 1, 2])
        #expect(abs(quality.groups[0].ndcg - 0.5) < 1e-6)
        let noisy = evaluation.quality(
            in: NoisySum(values: sum, noiseStandardDeviation: 0.5, contributors: 7)
        ).all
        #expect(noisy.lowest < quality.all.hitRate && noisy.highest > quality.all.hitRate)
    }

    private func algorithm(patience: Int = 0) throws -> FederatedNetwork<SelfAttention> {
        try FederatedNetwork(
            SelfAttention(
                itemCount: 12, configuration: .init(dimensions: 4, length: 5, dropout: 0)),
            configuration: .init(
                rounds: 5, deviceLearningRate: 1, evaluation: evaluation(patience: patience)))
    }

    @Test func `rounds of measuring come between those of training, and share the budget`() throws {
        let queries = try algorithm().queries
        let (training, quality) = ("model change", "quality")
        #expect(
            queries.map(\.name) == [
                training, training, quality, training, training, quality, training, quality,
            ])
        let share = queries.filter { $0.name == quality }.reduce(0) { $0 + $1.budgetShare }
        #expect(abs(share - 0.25) < 1e-12)
        #expect(abs(queries.reduce(0) { $0 + $1.budgetShare } - 1) < 1e-12)
    }

    @Test func `what is measured was not trained on`() throws {
        let algorithm = try algorithm()
        var personal: [Float] = []
        func statistic(round: Int, _ items: [Int]) -> Statistic {
            algorithm.statistic(
                algorithm.broadcast(round: round),
                of: items.map { Interaction(item: $0, timestamp: 0) }, privateParameters: &personal,
                seed: 3)
        }
        #expect(statistic(round: 0, [1, 2, 3, 4]) != statistic(round: 0, [1, 2, 7, 9]))
        #expect(statistic(round: 2, [1, 2, 3]).width == 9)
        #expect(statistic(round: 2, [1]).rows.isEmpty && statistic(round: 2, []).rows.isEmpty)
        // Whatever was last, the step is the same.
        #expect(statistic(round: 0, [1, 2, 3, 4]) == statistic(round: 0, [1, 2, 3, 9]))
    }

    @Test func `training stops at what was best, and goes on so from a checkpoint`() throws {
        var first = try algorithm(patience: 1)
        func measure(_ hits: Float) -> NoisySum {
            NoisySum(
                values: [100 - hits, hits, hits, 0, 0, 0, 0, 0, 0], noiseStandardDeviation: 1,
                contributors: 100)
        }
        func train(round: Int) {
            first.update(
                round: round,
                with: NoisySum(
                    values: [Float](repeating: 1, count: first.queries[round].dimension),
                    noiseStandardDeviation: 0, contributors: 10))
        }
        train(round: 0)
        train(round: 1)
        first.update(round: 2, with: measure(40))
        #expect(!first.isFinished && first.measuredQuality?.all.hitRate == 0.4)
        let best = first.model.snapshot
        train(round: 3)
        train(round: 4)
        #expect(first.model.snapshot != best)
        var second = try algorithm(patience: 1)
        try second.restore(from: first.checkpoint)
        first.update(round: 5, with: measure(39))
        second.update(round: 5, with: measure(39))
        for algorithm in [first, second] {
            #expect(algorithm.isFinished && algorithm.model.snapshot == best)
        }
        #expect(first.checkpoint == second.checkpoint)
    }
}
