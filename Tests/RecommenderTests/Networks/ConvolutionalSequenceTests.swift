import Recommender
import Testing

@Suite struct ConvolutionalSequenceTests {
    private func check(
        on data: SmallData = .pairs(), dropout: Float = 0, targets: Int = 1,
        negatives: Int = 3
    ) -> NetworkCheck<ConvolutionalSequence> {
        let configuration = ConvolutionalSequence.Configuration(
            dimensions: 12, length: 4, targets: targets, horizontalFilters: 4, verticalFilters: 2,
            negatives: negatives, dropout: dropout)
        return NetworkCheck(
            ConvolutionalSequence(itemCount: data.itemCount, configuration: configuration),
            on: data)
    }

    @Test func `learns what comes next`() async {
        await check(dropout: 0.1).expectLearning(
            passes: 12, losing: 0.7, share: 0.05, asStrangers: true)
    }

    @Test func `learns what people like`() async {
        await check(on: .groups(), dropout: 0.1, targets: 3).expectLearning(passes: 30)
    }

    @Test func `gradients agree with differences`() {
        check(dropout: 0.2, targets: 3).expectCorrectGradients()
    }

    @Test func `the latest items count, and no others`() {
        let check = check()
        var history = check.data.histories[0]
        let scores = check.untrained.scores(history: history, privateParameters: [])
        for place in history.indices {
            let item = history[place].item
            history[place].item = (item + 1) % Int32(check.data.itemCount)
            let others = check.untrained.scores(history: history, privateParameters: [])
            #expect((others != scores) == (place >= history.count - 4))
            history[place].item = item
        }
    }

    @Test func `any history is good enough`() async throws {
        check().expectScoresOfAnyHistory()
        try check().expectContributionOfAnyHistory()
        await check().expectTrainingOnShortHistories()
    }

    @Test func `scores are those that training knows`() {
        check(on: SmallData(itemCount: 40), negatives: 0).expectScoresAsTrained()
    }

    @Test func `the person's vector is private`() {
        check().expectPersonalParameters(["person"])
    }
}
