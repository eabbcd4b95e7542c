import Recommender

/// Judges models by what each device's ranking does with its held-out items.
struct Evaluator: Sendable {
    let configuration: RankingEvaluation.Configuration
    let split: EvaluationSplit
    let itemCount: Int
    /// The devices whose rankings are judged, in ascending order.
    let judged: [Int]
    /// How often each item occurs in the training parts of the devices that are judged: the popularity
    /// baseline, and the measure of novelty. Counted without privacy, for comparison only.
    let popularity: [Int]
    /// Whose rankings do not count, and whose target is looked for; nil where nobody works against the
    /// training.
    let adversary: Adversary?
    let processes: ProcessGroup
    let parallel: Parallel
    let interruption: Interruption

    init(
        configuration: RankingEvaluation.Configuration, split: EvaluationSplit, itemCount: Int,
        population: Population, judged: [Int], adversary: Adversary?, processes: ProcessGroup,
        parallel: Parallel,
        interruption: Interruption
    ) throws {
        self.configuration = configuration
        self.split = split
        self.itemCount = itemCount
        self.processes = processes
        self.parallel = parallel
        self.interruption = interruption
        self.judged = judged.filter { adversary?.devices.contains($0) != true }
        self.adversary = adversary
        var popularity = [Int](repeating: 0, count: itemCount)
        var hasTargets = false
        for number in self.judged {
            let device = population[number]
            for interaction in device.training { popularity[Int(interaction.item)] += 1 }
            hasTargets = hasTargets || !device.rankingTask(on: split).targets.isEmpty
        }
        self.popularity = popularity
        guard hasTargets else { throw SimulationError.nothingToEvaluate }
    }

    /// How a model ranks.
    struct Judgement: Sendable {
        /// For the devices with held-out items.
        var quality: RankingQuality
        /// How many are shown the item that is pushed; nil where none is.
        var exposure: TargetExposure?
    }

    /// What `model` does for the devices; nil where another process sums it up.
    func judgement(
        of model: some Ranker, population: Population, _ privateParameters: PrivateParameters
    ) async throws -> Judgement? {
        let evaluation = RankingEvaluation(configuration, itemCount: itemCount)
        let target = adversary?.target
        var outcomes: [Outcome] = []
        _ = try await processes.sum(count: 0) {
            outcomes = try await parallel.map(judged.count) { index in
                try interruption.check()
                let number = judged[index]
                guard processes.owns(number) else { return Outcome() }
                let (history, targets) = population[number].rankingTask(on: split)
                guard !targets.isEmpty else { return Outcome() }
                let (seen, targetItems) = (history.map(\.item), targets.map(\.item))
                let scores = model.scores(
                    history: history, privateParameters: privateParameters[number])
                return Outcome(
                    ranking: evaluation.outcome(
                        scores: scores, user: number, seen: seen, targets: targetItems),
                    exposure: target.flatMap {
                        TargetExposure.outcome(
                            of: $0, scores: scores, user: number, seen: seen, in: evaluation)
                    })
            }
            return []
        }
        if processes.count > 1 {
            let all = try processes.gather(OutcomeWords.words(of: outcomes))
            guard processes.isFirst else { return nil }
            for words in all.dropFirst() { OutcomeWords.read(words, into: &outcomes) }
        }
        var exposure = TargetExposure()
        for outcome in outcomes { if let found = outcome.exposure { exposure.add(found) } }
        return Judgement(
            quality: RankingQuality(
                outcomes: outcomes.map(\.ranking), popularity: popularity,
                cutoff: configuration.cutoff), exposure: target == nil ? nil : exposure)
    }
}

/// What one person's rankings do.
private struct Outcome: Sendable {
    var ranking: RankingEvaluation.Outcome?
    var exposure: TargetExposure.Outcome?
}

/// Outcomes of evaluations, as processes pass them to each other: for each its place, then four lists, each
/// after its length.
private enum OutcomeWords {
    static func words(of outcomes: [Outcome]) -> [Int64] {
        outcomes.enumerated().flatMap { place, outcome -> [Int64] in
            guard let ranking = outcome.ranking else { return [] }
            let exposure = outcome.exposure.map {
                [$0.rank, $0.isShown ? 1 : 0, $0.isSampledHit ? 1 : 0]
            }
            let lists = [
                ranking.sampledRanks, ranking.fullRanks, ranking.recommended.map { Int($0) },
                exposure ?? [],
            ]
            return [Int64(place)] + lists.flatMap { [Int64($0.count)] + $0.map { Int64($0) } }
        }
    }

    static func read(_ words: [Int64], into outcomes: inout [Outcome]) {
        var rest = words[...]
        func list() -> [Int] {
            let count = Int(rest.removeFirst())
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count).map { Int($0) }
        }
        while let place = rest.popFirst() {
            let ranking = RankingEvaluation.Outcome(
                sampledRanks: list(), fullRanks: list(), recommended: list().map { Int32($0) })
            let exposure = list()
            outcomes[Int(place)] = Outcome(
                ranking: ranking,
                exposure: exposure.count == 3
                    ? TargetExposure.Outcome(
                        rank: exposure[0], isShown: exposure[1] == 1,
                        isSampledHit: exposure[2] == 1) : nil)
        }
    }
}
