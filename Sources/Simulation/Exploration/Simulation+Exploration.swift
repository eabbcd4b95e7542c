internal import Learning
public import Recommender

/// A way to explore by its name: `best`, `epsilon-greedy:0.1`, `plackett-luce:0.3`.
public struct NamedPolicy: Sendable, Hashable {
    /// The name.
    public let name: String
    let policy: ExplorationPolicy

    /// The policy of a name; nil where there is none.
    public init?(_ name: String) {
        self.name = name
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        let number = parts.count == 2 ? Double(parts[1]) : nil
        switch (parts.first, number) {
        case ("best", nil) where parts.count == 1: policy = .best
        case ("epsilon-greedy", let epsilon?) where (0...1).contains(epsilon):
            policy = .epsilonGreedy(epsilon)
        case ("plackett-luce", let temperature?) where (0...1000).contains(temperature):
            policy = .plackettLuce(temperature: temperature)
        default: return nil
        }
    }
}

extension Simulation {
    /// The first place of lists by one policy, shown to everybody and logged with its propensities, and
    /// how others are estimated from that log.
    ///
    /// A person is shown one of the model's best `candidates` unseen items a list; the list is a success
    /// if it is among the held-out ones. Rewards are modelled by the rank of an item alone, from the
    /// log of the other half of the people.
    ///
    /// - Parameters:
    ///   - model: A published model of this catalogue.
    ///   - logging: The policy that is followed.
    ///   - targets: The policies to be estimated.
    ///   - lists: How many lists each person is shown.
    ///   - candidates: How many items a policy chooses among.
    /// - Throws: ``SimulationError/otherCatalogue`` or ``SimulationError/nothingToEvaluate``.
    public func explore(
        with model: PublishedModel, logging: NamedPolicy, targets: [NamedPolicy], lists: Int,
        candidates: Int
    ) async throws -> ExplorationResult {
        guard model.catalogue.catalogue.items.map(\.id) == catalogue.items.map(\.id) else {
            throw SimulationError.otherCatalogue
        }
        let ranker = model.ranker(of: nil)
        let people = try await Parallel(threads: scenario.threads).map(population.count) { index in
            try interruption.check()
            let (history, wanted) = population[index].rankingTask(on: scenario.evaluationSplit)
            guard !wanted.isEmpty else { return ShownPerson?.none }
            let person = ShownPerson(
                scores: ranker.scores(history: history, privateParameters: []),
                seen: history.map(\.item), wanted: wanted.map(\.item), candidates: candidates)
            return person.rewards.isEmpty ? nil : person
        }.compactMap { $0 }
        guard !people.isEmpty else { throw SimulationError.nothingToEvaluate }
        var random = SplitMix64(seed: scenario.seed, stream: 0x4558_504C)
        let shown = people.map { person in
            let chances = person.probabilities(of: logging.policy)
            return (0..<lists).map { _ in
                let rank = ExplorationPolicy.draw(Double(random.nextUniform()), from: chances)
                return (rank: rank, propensity: chances[rank])
            }
        }
        let expected = [0, 1].map { half in
            Self.rewards(
                byRank: candidates,
                of: people.indices.lazy.filter { $0 % 2 != half }.map { number in
                    shown[number].map { ($0.rank, people[number].rewards[$0.rank]) }
                })
        }
        return ExplorationResult(
            model: "\(model.header.name) release \(model.header.release)", logging: logging.name,
            lists: people.count * lists, people: people.count,
            policies: targets.map { target in
                Self.estimate(target, people, shown, expected)
            })
    }

    private static func estimate(
        _ target: NamedPolicy, _ people: [ShownPerson],
        _ shown: [[(rank: Int, propensity: Double)]], _ expected: [[Double]]
    ) -> ExplorationResult.Policy {
        var choices: [OffPolicyEvaluation.Choice] = []
        var truth = 0.0
        for (number, person) in people.enumerated() {
            let chances = person.probabilities(of: target.policy)
            let known = expected[number % 2]
            truth += zip(chances, person.rewards).reduce(0) { $0 + $1.0 * $1.1 }
            let mean = zip(chances, known).reduce(0) { $0 + $1.0 * $1.1 }
            choices += shown[number].map { choice in
                OffPolicyEvaluation.Choice(
                    propensity: choice.propensity, reward: person.rewards[choice.rank],
                    targetProbability: chances[choice.rank], expected: known[choice.rank],
                    targetExpected: mean)
            }
        }
        let evaluation = OffPolicyEvaluation(choices)
        return ExplorationResult.Policy(
            policy: target.name, truth: truth / Double(people.count), direct: evaluation.direct,
            inversePropensity: evaluation.inversePropensity,
            selfNormalized: evaluation.selfNormalized, doublyRobust: evaluation.doublyRobust,
            effectiveCount: evaluation.effectiveCount)
    }

    /// The mean reward of each rank, drawn towards that of all ranks by as much as ten lists say.
    private static func rewards(
        byRank count: Int, of lists: some Sequence<[(rank: Int, reward: Double)]>
    ) -> [Double] {
        var sums = [Double](repeating: 0, count: count)
        var shown = sums
        for (rank, reward) in lists.joined() {
            sums[rank] += reward
            shown[rank] += 1
        }
        let mean = sums.reduce(0, +) / max(1, shown.reduce(0, +))
        return zip(sums, shown).map { ($0 + 10 * mean) / ($1 + 10) }
    }
}

/// One person, to whom a policy shows the first place of a list.
private struct ShownPerson: Sendable {
    /// The scores of the candidates, best first.
    private let values: [Double]
    private let spread: Double
    /// What comes of each candidate: 1 where it is wanted, else 0.
    let rewards: [Double]

    init(scores: [Float], seen: [Int32], wanted: [Int32], candidates count: Int) {
        var open = scores
        for item in seen { open[Int(item)] = .nan }
        let candidates = RankingEvaluation.best(count, of: open)
        values = candidates.map { Double(scores[Int($0)]) }
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        let variance =
            values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))
        spread = variance.squareRoot()
        let wanted = Set(wanted)
        rewards = candidates.map { wanted.contains($0) ? 1 : 0 }
    }

    func probabilities(of policy: ExplorationPolicy) -> [Double] {
        policy.probabilities(of: values, spread: spread)
    }
}
