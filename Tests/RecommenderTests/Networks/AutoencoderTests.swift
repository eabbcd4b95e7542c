import Foundation
import Recommender
import Testing

@Suite struct ItemAutoencoderTests {
    typealias Objective = ItemAutoencoder.Objective

    private func check(
        _ objective: Objective, negatives: Int, dropout: Float = 0.3
    ) -> NetworkCheck<ItemAutoencoder> {
        let data = SmallData.groups()
        let configuration = ItemAutoencoder.Configuration(
            hidden: 16, objective: objective, negatives: negatives, dropout: dropout)
        return NetworkCheck(
            ItemAutoencoder(itemCount: data.itemCount, configuration: configuration), on: data)
    }

    @Test(arguments: Objective.allCases, [0, 3])
    func `learns what people like`(objective: Objective, negatives: Int) async {
        await check(objective, negatives: negatives).expectLearning(passes: 60, batchSize: 16)
    }

    @Test(arguments: Objective.allCases, [0, 3])
    func `gradients agree with differences`(objective: Objective, negatives: Int) {
        check(objective, negatives: negatives).expectCorrectGradients()
    }

    @Test(arguments: [0, 3]) func `any history is good enough`(negatives: Int) async throws {
        check(.crossEntropy, negatives: negatives).expectScoresOfAnyHistory()
        try check(.crossEntropy, negatives: negatives).expectContributionOfAnyHistory()
        await check(.crossEntropy, negatives: negatives, dropout: 0.9)
            .expectTrainingOnShortHistories()
    }

    @Test func `sums are divided by the root of the number of items`() {
        let network = ItemAutoencoder(itemCount: 3, configuration: .init(hidden: 1))
        // Input and output vectors of each item and what is added to them, in the layout's order.
        let shared: [Float] = [1, 2, 4, 0.5, 1, -1, 2, 0, 3, 0]
        let scores = NetworkModel(network, shared: shared).scores(
            history: [0, 2].map { Interaction(item: $0, timestamp: 0) }, privateParameters: [])
        let hidden = 1 / (1 + exp(-(5 / Float(2).squareRoot() + 0.5)))
        for (score, expected) in zip(scores, [hidden, 3 - hidden, 2 * hidden]) {
            #expect(abs(score - expected) < 1e-5)
        }
    }

    @Test func `nothing but the history is private`() {
        check(.crossEntropy, negatives: 1).expectPersonalParameters([])
    }
}

@Suite struct VariationalAutoencoderTests {
    private func check(dropout: Float = 0.3) -> NetworkCheck<VariationalAutoencoder> {
        let data = SmallData.groups()
        let configuration = VariationalAutoencoder.Configuration(
            hidden: 24, latent: 8, dropout: dropout)
        return NetworkCheck(
            VariationalAutoencoder(itemCount: data.itemCount, configuration: configuration),
            on: data)
    }

    @Test func `learns what people like`() async {
        await check().expectLearning(passes: 60, batchSize: 16, losing: 0.75)
    }

    @Test func `gradients agree with differences`() { check().expectCorrectGradients() }

    @Test func `any history is good enough`() async throws {
        check().expectScoresOfAnyHistory()
        try check().expectContributionOfAnyHistory()
        await check(dropout: 0.9).expectTrainingOnShortHistories()
    }

    @Test func `nothing but the history is private`() { check().expectPersonalParameters([]) }

    @Test func `the order of a history and what is met twice do not matter`() {
        let check = check()
        let model = check.untrained
        let history = check.data.histories[0]
        #expect(
            model.scores(history: history, privateParameters: [])
                == model.scores(
                    history: history.reversed() + history.prefix(2), privateParameters: []))
    }
}
