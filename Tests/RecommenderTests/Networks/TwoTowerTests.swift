import Recommender
import Testing

@Suite struct TwoTowerTests {
    private func check(
        on data: SmallData = .groups(), pooling: TwoTower.Pooling = .mean,
        attributes: ItemAttributes? = nil, images: ItemImages? = nil,
        popularity: ItemPopularity? = nil, itemDropout: Float = 0.1, hidden: Int = 16,
        negatives: Int = 16
    ) -> NetworkCheck<TwoTower> {
        let configuration = TwoTower.Configuration(
            dimensions: 8, hidden: hidden, length: 4, pooling: pooling, negatives: negatives,
            itemDropout: itemDropout, filters: 2)
        return NetworkCheck(
            TwoTower(
                itemCount: data.itemCount, attributes: attributes, images: images,
                configuration: configuration),
            on: data, popularity: popularity)
    }

    @Test(arguments: TwoTower.Pooling.allCases)
    func `learns what people like`(pooling: TwoTower.Pooling) async {
        await check(pooling: pooling).expectLearning(passes: 30)
    }

    @Test func `what a person has met is no negative`() async {
        let data = SmallData.groups()
        let training = CentralTraining(
            check(negatives: 0).network,
            on: Histories([data.histories[0]], itemCount: data.itemCount), .init())
        let loss = await training.pass { _ in }
        #expect(loss == 0)
    }

    @Test func `learns from each other's items alone`() async {
        await check(negatives: 0).expectLearning(passes: 30)
    }

    @Test(arguments: TwoTower.Pooling.allCases)
    func `gradients agree with differences`(pooling: TwoTower.Pooling) {
        let data = SmallData.groups(items: 28)
        check(
            on: data, pooling: pooling, attributes: data.attributes(contentWidth: 3),
            images: data.images(),
            popularity: ItemPopularity(
                votes: (1...28).map { Float($0) }, PopularityCorrection(negativeExponent: 0.5)),
            hidden: 4, negatives: 3
        ).expectCorrectGradients()
    }

    @Test(arguments: TwoTower.Pooling.allCases)
    func `any history is good enough`(pooling: TwoTower.Pooling) async throws {
        let data = SmallData.groups(items: 28)
        let check = check(
            on: data, pooling: pooling, attributes: data.attributes(contentWidth: 3),
            images: data.images())
        check.expectScoresOfAnyHistory()
        try check.expectContributionOfAnyHistory()
        await check.expectTrainingOnShortHistories()
    }

    @Test func `the person's vector is private`() {
        check().expectPersonalParameters(["person"])
    }

    @Test func `popularity makes up for what is popular being a negative more often`() async {
        let data = SmallData.popular()
        let known = ItemPopularity(
            of: data.histories, itemCount: data.itemCount,
            PopularityCorrection(negativeExponent: 0, weight: 0))
        func rankOfPopular(_ popularity: ItemPopularity?) async -> Double {
            let check = check(on: data, popularity: popularity, negatives: 0)
            let training = await check.expectLearning(passes: 10, losing: 1, share: 1)
            let scores = training.model.scores(history: [], privateParameters: [])
            let order = scores.indices.sorted { scores[$0] > scores[$1] }
            let places = order.indices.filter { order[$0] < 20 }
            return Double(places.reduce(0, +)) / Double(places.count * order.count)
        }
        let (corrected, plain) = (await rankOfPopular(known), await rankOfPopular(nil))
        #expect(corrected < plain - 0.1)
    }

    @Test(arguments: ["attributes", "content", "pictures"])
    func `finds what nobody has met by what is known of it`(known: String) async {
        let data = SmallData.groups(unmet: 8)
        let attributes =
            known == "content"
            ? data.attributes(contentWidth: 4, hasText: false) : data.attributes()
        let check = check(
            on: data, attributes: known == "pictures" ? nil : attributes,
            images: known == "pictures" ? data.images() : nil, itemDropout: 0.3)
        let training = await check.expectLearning(passes: 40)
        let model = training.model
        let unmet = Array(data.itemCount - 8..<data.itemCount)
        var found = 0
        for (person, history) in data.histories.enumerated() {
            let scores = model.scores(
                history: history, privateParameters: training.personal(person))
            let best = unmet.sorted { scores[$0] > scores[$1] }.prefix(2)
            found += best.count { $0 % 4 == person % 4 }
        }
        // A quarter by chance.
        #expect(Double(found) > 0.75 * 2 * Double(data.histories.count))
    }
}
