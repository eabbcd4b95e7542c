import Foundation
import Learning
import Testing
import VectorKernels

@testable import Recommender

struct ItemPopularityTests {
    private let histories = [[0, 1], [0, 1, 2, 0], [0], []].map {
        $0.map { Interaction(item: $0, timestamp: 0) }
    }

    private func correction(
        rounds: Int = 2, share: Double = 0.25, exponent: Float = 0.5, weight: Float = 2
    ) -> PopularityCorrection {
        PopularityCorrection(
            rounds: rounds, budgetShare: share, negativeExponent: exponent, weight: weight)
    }

    private func algorithm(
        _ correction: PopularityCorrection, evaluation: PrivateEvaluation? = nil
    ) throws -> FederatedNetwork<SelfAttention> {
        try FederatedNetwork(
            SelfAttention(
                itemCount: 6, configuration: .init(dimensions: 4, length: 5, dropout: 0)),
            configuration: .init(
                rounds: 3, deviceLearningRate: 1, evaluation: evaluation, popularity: correction))
    }

    private func sum(of votes: [Statistic], deviation: Double = 0) -> NoisySum {
        var values = [Float](repeating: 0, count: 6)
        for vote in votes {
            for (row, value) in zip(vote.rows, vote.values) { values[Int(row)] += value }
        }
        return NoisySum(
            values: values, noiseStandardDeviation: deviation, contributors: votes.count)
    }

    private func votes(
        _ algorithm: FederatedNetwork<SelfAttention>, round: Int, of histories: [[Interaction]]
    ) -> [Statistic] {
        var personal: [Float] = []
        return histories.map {
            algorithm.statistic(
                algorithm.broadcast(round: round), of: $0, privateParameters: &personal, seed: 1)
        }
    }

    @Test func `votes have norm 1, and negatives are drawn as the exponent has it`() {
        for vote in histories.map(ItemPopularity.vote).dropLast() {
            #expect(abs(vote.squaredNorm - 1) < 1e-6)
        }
        let popularity = ItemPopularity(votes: [16, 4, -3, 1, 1, 1], correction())
        #expect(popularity.shares.map { ($0 * 24).rounded() } == [16, 4, 1, 1, 1, 1])
        let met = Histories(
            [[Interaction(item: 1, timestamp: 0)]], itemCount: 6, popularity: popularity)
        var random = SplitMix64(seed: 2)
        var counts = [Float](repeating: 0, count: 6)
        for _ in 0..<80_000 { counts[Int(met.negative(for: 0, random: &random))] += 1 / 10_000 }
        // The roots of 16, 1, 1, 1 and 1; what the person has met is not drawn.
        #expect(counts[1] == 0 && counts[0] > 3.9 && counts[0] < 4.1)
        #expect(counts[2...].allSatisfy { $0 > 0.95 && $0 < 1.05 })
    }

    @Test func `what is new is no negative and ranks with what is of middling popularity`() throws {
        let popularity = ItemPopularity(
            votes: [16, 4, 1, 0, 9, 3], newItems: [3, 4], correction(exponent: 0))
        #expect(popularity.shares.map { ($0 * 24).rounded() } == [16, 4, 1, 4, 4, 3])
        var snapshot = Snapshot(kind: "any", attributes: [:], tensors: [:])
        popularity.write(to: &snapshot)
        let read = try #require(try ItemPopularity(snapshot, itemCount: 6))
        #expect(read.shares == popularity.shares && read.prior == popularity.prior)
        for popularity in [popularity, read] {
            let histories = Histories([[]], itemCount: 6, popularity: popularity)
            var random = SplitMix64(seed: 2)
            var counts = [Int](repeating: 0, count: 6)
            for _ in 0..<4_000 { counts[Int(histories.draw(&random))] += 1 }
            #expect(counts[3] == 0 && counts[4] == 0)
            #expect([0, 1, 2, 5].allSatisfy { abs(counts[$0] - 1_000) < 150 })
        }
        let all = ItemPopularity(votes: [1, 3], newItems: [0, 1], correction())
        #expect(all.shares == [0.25, 0.75])
    }

    @Test func `popularity is asked for first, of everybody in turn, for its share`() throws {
        var algorithm = try algorithm(correction())
        let queries = algorithm.queries
        #expect(
            queries.map(\.name)
                == ["popularity", "popularity", "model change", "model change", "model change"])
        #expect(queries.map(\.budgetShare) == [0.125, 0.125, 0.25, 0.25, 0.25])
        #expect(queries[0].dimension == 6 && queries[0].clippingNorm == 1)
        for (round, people) in [histories[..<2], histories[2...]].enumerated() {
            let votes = votes(algorithm, round: round, of: Array(people))
            algorithm.update(round: round, with: sum(of: votes))
        }
        let whole = ItemPopularity(of: histories, itemCount: 6, correction())
        let measured = try #require(algorithm.model.snapshot.tensors["popularity"]).values
        #expect(zip(measured, whole.shares).allSatisfy { abs($0 - $1) < 1e-6 })
        // Of a person of whom nothing is known: twice the logarithm, as the weight says.
        let scores = algorithm.model.scores(history: [], privateParameters: [])
        #expect(zip(scores, whole.shares).allSatisfy { abs($0 - 2 * log($1)) < 1e-5 })
    }

    @Test func `items are told apart as far as noise lets them be`() throws {
        var algorithm = try algorithm(correction())
        for round in 0..<2 {
            algorithm.update(
                round: round,
                with: NoisySum(
                    values: [50, 9, -4, 4, 0, 2], noiseStandardDeviation: 10, contributors: 99))
        }
        let shares = try #require(algorithm.model.snapshot.tensors["popularity"]).values
        #expect(shares[0] > 5 * shares[1] && shares[1] > 1.2 * shares[2])
        #expect(shares[2...].allSatisfy { $0 == shares[2] })
    }

    @Test func `devices train with the popularity that was sent, and a checkpoint keeps it`()
        throws
    {
        let correction = correction(rounds: 1, exponent: 1)
        var first = try algorithm(correction)
        let votes = votes(first, round: 0, of: histories)
        first.update(round: 0, with: sum(of: votes, deviation: 0.25))
        var second = try algorithm(correction)
        try second.restore(from: first.checkpoint)
        #expect(
            second.checkpoint == first.checkpoint && second.model.snapshot == first.model.snapshot)
        var broken = first.checkpoint
        broken.tensors["popularity.votes"]?.values[0] = .nan
        #expect(throws: SnapshotError.damaged) { try second.restore(from: broken) }
        let sent = first.broadcast(round: 1)
        let received = try first.broadcast(from: first.snapshot(of: sent))
        var personal: [Float] = []
        func change(_ broadcast: FederatedNetwork<SelfAttention>.Broadcast) -> Statistic {
            first.statistic(broadcast, of: histories[1], privateParameters: &personal, seed: 4)
        }
        #expect(change(received) == change(sent))
        var other = first.snapshot(of: sent)
        other.tensors["popularity"]?.values.reverse()
        #expect(change(try first.broadcast(from: other)) != change(sent))
        var damaged = first.snapshot(of: sent)
        damaged.tensors["popularity"]?.values[3] = -0.1
        #expect(throws: SnapshotError.damaged) { try first.broadcast(from: damaged) }
        damaged.tensors["popularity"]?.values = [0, 0, 0, 0, 0, 0]
        #expect(throws: SnapshotError.damaged) { try first.broadcast(from: damaged) }
        damaged = first.snapshot(of: sent)
        damaged.attributes["negativeExponent"] = "nan"
        #expect(throws: SnapshotError.damaged) { try first.broadcast(from: damaged) }
    }

    @Test func `what is left for training is more than nothing`() throws {
        let evaluation = PrivateEvaluation(interval: 1, budgetShare: 0.5)
        let error = #expect(throws: FederatedNetworkError.self) {
            try algorithm(correction(share: 0.5), evaluation: evaluation)
        }
        #expect("\(try #require(error))".contains("popularityShare"))
        _ = try algorithm(correction(share: 0.49), evaluation: evaluation)
    }

    @Test func `less weight shows less of what is popular`() async {
        let data = SmallData.popular()
        func meanShare(weight: Float) async -> Float {
            let popularity = ItemPopularity(
                of: data.histories, itemCount: data.itemCount,
                correction(exponent: 1, weight: weight))
            let training = CentralTraining(
                FactorModel(itemCount: data.itemCount, configuration: .init(dimensions: 8)),
                on: Histories(
                    data.histories, itemCount: data.itemCount, popularity: popularity),
                .init(optimizer: .adam(rate: 0.01)))
            for _ in 0..<10 { _ = await training.pass { _ in } }
            let shown = data.histories.indices.flatMap { person in
                let scores = training.model.scores(
                    history: data.histories[person], privateParameters: training.personal(person))
                return scores.indices.sorted { scores[$0] > scores[$1] }.prefix(5)
            }
            return shown.reduce(0) { $0 + popularity.shares[$1] } / Float(shown.count)
        }
        let (whole, half, none) = (
            await meanShare(weight: 1), await meanShare(weight: 0.5), await meanShare(weight: 0)
        )
        #expect(whole > half && half > none)
    }
}
