import Recommender
import Testing

@Suite struct DeepFactorizationMachineTests {
    private func check(
        on data: SmallData = .groups(), knowingItems: Bool = true, hidden: [Int] = [16, 8],
        negatives: Int = 3, dropout: Float = 0.1
    ) -> NetworkCheck<DeepFactorizationMachine> {
        let configuration = DeepFactorizationMachine.Configuration(
            dimensions: 6, hidden: hidden, dropout: dropout, length: 4,
            negatives: negatives)
        return NetworkCheck(
            DeepFactorizationMachine(
                itemCount: data.itemCount,
                attributes: knowingItems ? data.attributes() : nil, configuration: configuration),
            on: data)
    }

    @Test(arguments: [false, true]) func `learns what people like`(knowingItems: Bool) async {
        await check(knowingItems: knowingItems).expectLearning(passes: 30)
    }

    @Test(arguments: [false, true]) func `gradients agree with differences`(knowingItems: Bool) {
        check(knowingItems: knowingItems, hidden: [8, 4], negatives: 1).expectCorrectGradients()
    }

    @Test func `adds weights, products and layers over vectors`() {
        let network = DeepFactorizationMachine(
            itemCount: 3, configuration: .init(dimensions: 2, hidden: []))
        let items: [[Float]] = [[1, 2, 3], [0, -1, 0.5], [4, 0, -2]]
        let person: [Float] = [0.5, 3, 10]
        let contexts = [Float](repeating: 9, count: 3 * ContextFeatures.rowCount)
        // Person, latest items, five fields of context, item: nothing is known but the first and
        // the last.
        let layer = (0..<16).map { Float($0) }
        let scores = NetworkModel(network, shared: items.joined() + contexts + layer + [7])
            .scores(history: [], privateParameters: person)
        for (item, score) in zip(items, scores) {
            let weights = item[2] + person[2]
            let product = item[0] * person[0] + item[1] * person[1]
            let dense = 0 * person[0] + 1 * person[1] + 14 * item[0] + 15 * item[1] + 7
            #expect(score == weights + product + dense)
        }
    }

    @Test func `any history is good enough`() async throws {
        check().expectScoresOfAnyHistory()
        try check().expectContributionOfAnyHistory()
        await check().expectTrainingOnShortHistories()
    }

    @Test func `scores are those that training knows`() {
        check(on: SmallData(itemCount: 600), negatives: 0, dropout: 0).expectScoresAsTrained()
    }

    @Test func `the person's vector is private`() {
        check().expectPersonalParameters(["person"])
    }
}
