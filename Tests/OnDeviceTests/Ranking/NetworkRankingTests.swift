import Learning
import Testing
import VectorKernels

@testable import OnDevice
@testable import Recommender

/// Lists by a network instead of a user embedding.
struct NetworkRankingTests {
    /// SASRec over items of two tastes, trained until it knows them; or NeuMF, with private vectors.
    private static func content(_ name: String) async throws -> RankingContent {
        var configuration = try #require(Networks.configuration(named: name))
        _ = configuration.set(["dimensions": "8", "length": "10", "factors": "8", "layers": "1"])
        func content(_ network: some RecommenderNetwork) async throws -> RankingContent {
            let histories = (0..<60).map { person in
                var random = SplitMix64(seed: UInt64(person))
                return (0..<20).map {
                    Interaction(
                        item: 2 * random.next(below: 15) + person % 2, timestamp: Int64($0))
                }
            }
            let training = CentralTraining(
                network, on: Histories(histories, itemCount: 30),
                .init(optimizer: .adam(rate: 0.01), batchSize: 16))
            for _ in 0..<15 { _ = try await training.pass() }
            return try FederatedNetwork(
                network,
                configuration: .init(
                    rankingEpochs: 40, batchSize: 2, personalLearningRate: 1),
                shared: training.model.shared
            ).model.content
        }
        return try await content(configuration.makeNetwork(for: RankerFixture.catalogue(30)))
    }

    private static let odd = [1, 3, 5, 7].enumerated().map {
        RankerFixture.event($1, time: 1_700_000_000 + Int64($0))
    }

    @Test(arguments: ["sasrec", "neumf", "autorec"])
    func `a list holds the network's best unseen items, with any filter`(name: String) async throws
    {
        let model = try RankerFixture.model(try await Self.content(name))
        let ranker = DeviceRanker(model: model, options: .plain)
        for event in Self.odd { try ranker.record(event) }
        let network = try #require(model.network)
        let history = Self.odd.map {
            Interaction(item: model.catalogue.item($0.item) ?? 0, timestamp: $0.time)
        }
        let scores = network.scores(history: history, privateParameters: [])
        let expected = (0..<30).filter { ![1, 3, 5, 7].contains($0) }
            .sorted { (scores[$0], $1) > (scores[$1], $0) }
        let list = try ranker.rank(limit: 5)
        #expect(list.items.map(\.item) == Array(expected.prefix(5)))
        #expect(list.items.allSatisfy { $0.item % 2 == 1 })
        let comedies = try ranker.rank(limit: 4, filter: .init(categories: ["Comedy"]))
        #expect(comedies.items.map(\.item) == Array(expected.filter { $0 % 3 == 0 }.prefix(4)))
    }

    @Test(arguments: ["sasrec", "neumf"])
    func `parts of a score add up, and what was chosen is a reason`(name: String) async throws {
        let ranker = DeviceRanker(
            model: try RankerFixture.model(try await Self.content(name)), options: .plain)
        for event in Self.odd { try ranker.record(event) }
        let explanation = try #require(ranker.rank(limit: 3).explanation(at: 0))
        let sum = explanation.parts.reduce(0) { $0 + $1.amount }
        #expect(abs(sum - explanation.score) < 1e-5)
        #expect(explanation.parts.count == 5)
        #expect(explanation.partsBesideEvidence.map(\.source) == [.combination])
        #expect(explanation.reasons.first.map { $0.amount > 0 } == true)
    }

    @Test func `what speaks against an item, and doing the same twice, change nothing`()
        async throws
    {
        let model = try RankerFixture.model(try await Self.content("sasrec"))
        let ranker = DeviceRanker(model: model, options: .plain)
        for event in Self.odd { try ranker.record(event) }
        let before = try ranker.rank(limit: 10).items
        try ranker.record(RankerFixture.event(7, .purchase, time: 1_700_000_100))
        try ranker.record(RankerFixture.event(2, .skip, time: 1_700_000_101))
        try ranker.record(RankerFixture.event(99, .play, time: 1_700_000_102))
        #expect(try ranker.rank(limit: 10).items == before)
        try ranker.record(RankerFixture.event(9, .play, time: 1_700_000_103))
        #expect(try ranker.rank(limit: 10).items != before)
    }

    @Test func `nobody knows anything of a person at first, and a list comes all the same`()
        async throws
    {
        let ranker = DeviceRanker(model: try RankerFixture.model(try await Self.content("sasrec")))
        let list = try ranker.rank(limit: 5)
        #expect(list.items.count == 5)
        #expect(list.explanation(at: 0).map { ExplanationWords()($0) } == "popular with everybody")
        try ranker.pick(categories: ["Drama"])
        let picked = try ranker.rank(limit: 5)
        #expect(picked.items != list.items)
        #expect(
            picked.explanation(at: 0)?.reasons.map(\.source) == [.pickedCategory("Drama")])
        try ranker.pick(items: ["item-3"])
        #expect(try ranker.rank(limit: 5).items.allSatisfy { $0.item % 2 == 1 })
    }
}
