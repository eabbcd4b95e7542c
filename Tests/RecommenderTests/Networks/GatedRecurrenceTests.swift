import Recommender
import Testing

@Suite struct GatedRecurrenceTests {
    private func check(dropout: Float = 0, length: Int = 8) -> NetworkCheck<GatedRecurrence> {
        let data = SmallData.pairs()
        let configuration = GatedRecurrence.Configuration(
            dimensions: 16, length: length, negatives: 24, dropout: dropout)
        return NetworkCheck(
            GatedRecurrence(itemCount: data.itemCount, configuration: configuration), on: data)
    }

    @Test func `learns what comes next`() async {
        await check(dropout: 0.1).expectLearning(
            passes: 20, batchSize: 32, losing: 0.7, share: 0.01)
    }

    @Test func `gradients agree with differences`() {
        check(dropout: 0.2).expectCorrectGradients()
    }

    @Test func `any history is good enough`() async throws {
        check().expectScoresOfAnyHistory()
        try check().expectContributionOfAnyHistory()
        await check().expectTrainingOnShortHistories()
    }

    @Test func `what a person has met is no negative`() async {
        let network = GatedRecurrence(itemCount: 8)
        let history = (0..<8).map { Interaction(item: $0, timestamp: 0) }
        let training = CentralTraining(network, on: Histories([history], itemCount: 8), .init())
        let loss = await training.pass { _ in }
        #expect(loss == 0)
    }

    @Test func `only the latest items count`() {
        let check = check(length: 3)
        let model = check.untrained
        let history = check.data.histories[0]
        #expect(
            model.scores(history: history, privateParameters: [])
                == model.scores(history: Array(history.suffix(3)), privateParameters: []))
    }

    @Test func `nothing but the history is private`() { check().expectPersonalParameters([]) }
}
