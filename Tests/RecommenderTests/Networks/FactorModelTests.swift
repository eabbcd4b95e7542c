import Learning
import Recommender
import Testing

@Suite struct FactorModelTests {
    private func check(_ objective: FactorModel.Objective) -> NetworkCheck<FactorModel> {
        let data = SmallData.groups(isRated: objective == .ratings)
        let configuration = FactorModel.Configuration(
            dimensions: 8, objective: objective, negatives: 3, meanRating: 3)
        return NetworkCheck(
            FactorModel(itemCount: data.itemCount, configuration: configuration), on: data)
    }

    @Test(arguments: FactorModel.Objective.allCases)
    func `learns what people like`(objective: FactorModel.Objective) async {
        await check(objective).expectLearning(passes: 40, rate: 0.02)
    }

    @Test(arguments: FactorModel.Objective.allCases)
    func `gradients agree with differences`(objective: FactorModel.Objective) {
        check(objective).expectCorrectGradients(
            unreached: [.pairs, .sampledSoftmax].contains(objective) ? ["person.bias"] : [])
    }

    @Test(arguments: FactorModel.Objective.allCases)
    func `any history is good enough`(objective: FactorModel.Objective) async throws {
        check(objective).expectScoresOfAnyHistory()
        try check(objective).expectContributionOfAnyHistory()
        await check(objective).expectTrainingOnShortHistories()
    }

    @Test func `the person's vector and bias are private`() {
        check(.crossEntropy).expectPersonalParameters(["person", "person.bias"])
    }

    @Test func `predicts ratings`() async {
        let check = check(.ratings)
        let training = await check.expectLearning(passes: 60, rate: 0.02)
        let model = training.model
        for person in 0..<8 {
            let history = check.data.histories[person]
            let scores = model.scores(
                history: history, privateParameters: training.personal(person))
            for interaction in history {
                #expect(abs(scores[Int(interaction.item)] - (interaction.rating ?? 0)) < 1)
            }
        }
    }

    @Test func `interactions without a rating teach no ratings`() async {
        let data = SmallData.groups()
        let network = FactorModel(
            itemCount: data.itemCount, configuration: .init(objective: .ratings))
        let training = CentralTraining(
            network, on: Histories(data.histories, itemCount: data.itemCount), .init())
        let loss = await training.pass { _ in }
        #expect(loss == 0)
        #expect(training.model.shared == network.layout.start(.shared, seed: 1))
    }
}
