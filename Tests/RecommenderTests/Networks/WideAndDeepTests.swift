import Learning
import Recommender
import Testing

@Suite struct WideAndDeepTests {
    private func check(
        on data: SmallData = .groups(), knowingItems: Bool = true, dimensions: Int = 6,
        hidden: [Int] = [16, 8], negatives: Int = 3
    ) -> NetworkCheck<WideAndDeep> {
        let configuration = WideAndDeep.Configuration(
            dimensions: dimensions, hidden: hidden, weights: 8192, length: 4,
            negatives: negatives)
        return NetworkCheck(
            WideAndDeep(
                itemCount: data.itemCount,
                attributes: knowingItems ? data.attributes() : nil, configuration: configuration),
            on: data)
    }

    @Test(arguments: [false, true]) func `learns what people like`(knowingItems: Bool) async {
        await check(knowingItems: knowingItems).expectLearning(passes: 30)
    }

    @Test func `remembers by its weights what goes with what`() async {
        await check(on: .pairs(), knowingItems: false, dimensions: 1, hidden: []).expectLearning(
            passes: 20, rate: 0.02, losing: 0.7, share: 0.06)
    }

    @Test(arguments: [false, true]) func `gradients agree with differences`(knowingItems: Bool) {
        check(knowingItems: knowingItems, hidden: [8, 4], negatives: 1).expectCorrectGradients(
            seed: 12)
    }

    @Test func `each of the latest items has a weight with the item, which has its own`() {
        let network = WideAndDeep(
            itemCount: 20, configuration: .init(dimensions: 1, hidden: [], weights: 64, length: 3))
        // All that is not a weight is zero, so that scores count weights.
        var shared: [Float] = []
        for parameter in network.layout.parameters(.shared) {
            let entry = network.layout[parameter]
            shared += [Float](repeating: entry.name == "wide" ? 1 : 0, count: entry.count)
        }
        let model = NetworkModel(network, shared: shared)
        for count in 0...5 {
            let history = (0..<count).map { Interaction(item: $0, timestamp: 0) }
            let scores = model.scores(history: history, privateParameters: [])
            #expect(scores == [Float](repeating: 1 + Float(min(3, count)), count: 20))
        }
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
