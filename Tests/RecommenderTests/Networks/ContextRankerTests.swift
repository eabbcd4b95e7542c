import Recommender
import Testing

@Suite struct ContextRankerTests {
    private func check(
        on data: SmallData = .groups(), hidden: [Int] = [24, 12], negatives: Int = 3
    ) -> NetworkCheck<ContextRanker> {
        let configuration = ContextRanker.Configuration(
            dimensions: 8, hidden: hidden, length: 4, negatives: negatives)
        return NetworkCheck(
            ContextRanker(itemCount: data.itemCount, configuration: configuration), on: data)
    }

    @Test func `learns what people like`() async { await check().expectLearning(passes: 30) }

    @Test func `learns what is asked for at which time`() async {
        await check(on: .quarters(people: 120)).expectLearning(passes: 30, share: 0.2)
    }

    @Test func `gradients agree with differences`() {
        check(hidden: [8, 4], negatives: 1).expectCorrectGradients()
    }

    @Test func `any history is good enough`() async throws {
        check().expectScoresOfAnyHistory()
        try check().expectContributionOfAnyHistory()
        await check().expectTrainingOnShortHistories()
    }

    @Test func `scores are those that training knows`() {
        check(on: SmallData(itemCount: 600), negatives: 0).expectScoresAsTrained()
    }

    @Test func `the person's vector is private`() {
        check().expectPersonalParameters(["person"])
    }
}
