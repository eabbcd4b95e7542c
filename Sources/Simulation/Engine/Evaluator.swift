import Recommender

/// Judges models by what each device's ranking does with its held-out items.
struct Evaluator: Sendable {
    let configuration: RankingEvaluation.Configuration
    let split: EvaluationSplit
    let itemCount: Int
    /// How often each item occurs in the training parts: the popularity baseline, and the measure of
    /// novelty. Counted without privacy, for comparison only.
    let popularity: [Int]
    let parallel: Parallel
    let interruption: Interruption

    init(
        configuration: RankingEvaluation.Configuration, split: EvaluationSplit, itemCount: Int,
        devices: [SimulatedDevice], parallel: Parallel, interruption: Interruption
    ) throws {
        self.configuration = configuration
        self.split = split
        self.itemCount = itemCount
        self.parallel = parallel
        self.interruption = interruption
        var popularity = [Int](repeating: 0, count: itemCount)
        for device in devices {
            for interaction in device.training {
                popularity[Int(interaction.item)] += 1
            }
        }
        self.popularity = popularity
        guard devices.contains(where: { !$0.rankingTask(on: split).targets.isEmpty }) else {
            throw SimulationError.nothingToEvaluate
        }
    }

    /// The quality of `model` over all devices with held-out items.
    func quality(
        of model: some Ranker, devices: [SimulatedDevice], _ privateParameters: PrivateParameters
    ) async throws -> RankingQuality {
        let evaluation = RankingEvaluation(configuration, itemCount: itemCount)
        let outcomes = try await parallel.map(devices.count) { index in
            try interruption.check()
            let device = devices[index]
            let (history, targets) = device.rankingTask(on: split)
            guard !targets.isEmpty else { return RankingEvaluation.Outcome?.none }
            return evaluation.outcome(
                scores: model.scores(
                    history: history, privateParameters: privateParameters[index]),
                user: device.number, seen: history.map(\.item), targets: targets.map(\.item))
        }
        return RankingQuality(
            outcomes: outcomes, popularity: popularity, cutoff: configuration.cutoff)
    }
}
