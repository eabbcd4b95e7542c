public import DifferentialPrivacy
public import Datasets
internal import Foundation
public import PrivacyLedger
public import Recommender

/// One simulation, fully described: data, algorithm, privacy, cohorts, faults and evaluation.
///
/// Scenarios are YAML files of two levels; every key has a default, and a key that no scenario has
/// is an error. ``resolvedYAML`` lists all keys that apply, with their values.
public struct Scenario: Sendable {
    /// Where the histories come from.
    public enum Source: Sendable, Hashable {
        /// A seeded synthetic population.
        case synthetic(SyntheticPopulation)
        /// A data set on disk, in any format that ``Datasets/DatasetReader`` reads.
        case file(path: String)
    }

    /// The name of the scenario, and of its run folders.
    public var name: String
    /// Seeds everything random in the simulation.
    public var seed: UInt64
    /// How faithfully sums are computed.
    public var aggregation: AggregationFidelity
    /// The number of threads.
    public var threads: Int
    /// Where the histories come from.
    public var source: Source
    /// How histories are divided.
    public var split: Split
    /// Use only so many people, chosen at random; 0 for all.
    public var sampledUsers: Int
    /// The promise.
    public var target: PrivacyTarget
    /// The family of the noise.
    public var noise: NoiseDistribution
    /// How cohorts are chosen.
    public var policy: CohortPolicy
    /// The rounds that the budget covers beside those that are needed, to be held instead of some
    /// that come to nothing. Simulated rounds never do; a coordinator's may.
    public var spareRounds: Int
    /// The probability that a device is lost in a round.
    public var dropout: Double
    /// How devices and network behave in time; nil where no time passes.
    package var time: VirtualTime?
    /// Those who work against the training.
    package var adversary: AdversarySettings
    /// How the server combines sums.
    package var defence: DefenceSettings
    /// How rankings are judged.
    public var evaluation: RankingEvaluation.Configuration
    /// What rankings are judged on.
    public var evaluationSplit: EvaluationSplit
    /// The most people whose rankings are judged, chosen at random; 0 for all.
    public var judgedUsers: Int
    /// Rankings are judged after every so many rounds; 0 for twenty times in all.
    public var evaluationInterval: Int
    /// Whether the same algorithm is run without privacy for comparison.
    public var comparesWithoutPrivacy: Bool
    /// Whether the same training is run without adversaries for comparison.
    package var comparesWithoutAdversary: Bool
    /// Every key with its value; running it again gives the same result.
    public var resolvedYAML: String
    /// Every key that applies, in the order in which they were read.
    public var keys: [Key]
    /// What is trained.
    package var algorithm: Algorithm

    /// One key of a scenario.
    public struct Key: Sendable, Hashable, Codable {
        /// Its name, with its section: "privacy.epsilon".
        public var name: String
        /// Its value: the scenario's, or the default.
        public var value: String
        /// What it may be, in words.
        public var expected: String
    }

    /// The scenario that `covey simulate` runs without arguments.
    public static let quickstartYAML = """
        name: quickstart
        aggregation: real
        privacy:
          epsilon: 4
          delta: 1e-5
        """

    /// Reads a scenario.
    ///
    /// - Parameters:
    ///   - yaml: The text.
    ///   - source: What messages call it, usually the file's path.
    ///   - overrides: `key=value` with dotted keys, laid over the text.
    public init(yaml: String, source: String, overrides: [String] = []) throws {
        var reader = try SettingsReader(yaml: yaml, source: source, overrides: overrides)
        name = reader.text("name", default: "simulation")
        seed = UInt64(try reader.integer("seed", default: 1, in: 0...Int.max))
        aggregation = try reader.choice("aggregation", default: AggregationFidelity.statistical)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let threads = try reader.integer("threads", default: 0, in: 0...1024)
        self.threads = threads == 0 ? cores : threads

        let data = try Self.readData(&reader, seed: seed)
        self.source = data.source
        split = data.split
        sampledUsers = data.sampledUsers
        algorithm = try Self.readAlgorithm(&reader, seed: seed)
        target = try Self.readPrivacy(&reader)
        noise = try reader.choice("privacy.noise", default: NoiseDistribution.discreteGaussian)
        policy = try Self.readCohort(&reader)
        spareRounds = try reader.integer("cohort.spareRounds", default: 0, in: 0...100_000)
        time = try VirtualTime.read(&reader)
        dropout = time == nil ? try reader.number("faults.dropout", default: 0, in: 0...0.99) : 0
        adversary = try AdversarySettings(&reader)
        defence = try DefenceSettings(&reader)
        evaluation = RankingEvaluation.Configuration(
            cutoff: try reader.integer("evaluation.cutoff", default: 10, in: 1...1000),
            negatives: try reader.integer("evaluation.negatives", default: 99, in: 1...100_000),
            seed: seed)
        evaluationSplit = try reader.choice("evaluation.split", default: EvaluationSplit.test)
        judgedUsers = try reader.integer("evaluation.users", default: 50_000, in: 0...Int.max)
        evaluationInterval = try reader.integer("evaluation.every", default: 0, in: 0...1_000_000)
        comparesWithoutPrivacy = try reader.flag("evaluation.withoutPrivacy", default: true)
        comparesWithoutAdversary =
            adversary.attack == .none
            ? false : try reader.flag("evaluation.withoutAdversary", default: true)
        try reader.rejectUnknownKeys()
        try Self.check(time, algorithm)
        if case .coins = policy.selection, defence.rule != .none {
            throw ScenarioError.contradiction(
                "defence.rule divides cohorts of a known size into groups; take cohort.selection 'everyone', "
                    + "'rotation' or 'limited'")
        }
        resolvedYAML = try reader.resolvedYAML()
        keys = reader.resolved
    }

    /// Reads a scenario file.
    public init(path: String, overrides: [String] = []) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ScenarioError.unreadable(path: path)
        }
        try self.init(
            yaml: String(decoding: data, as: UTF8.self), source: path, overrides: overrides)
    }

    private static func check(_ time: VirtualTime?, _ algorithm: Algorithm) throws {
        guard time?.model == .asynchronous else { return }
        switch algorithm {
        case .federatedAveraging, .network: return
        case .coOccurrence, .refinedCoOccurrence:
            throw ScenarioError.contradiction(
                "time.model is 'asynchronous', and the sums of \(algorithm.name) build on each other; "
                    + "take 'synchronous', or algorithm.name 'federated-averaging' or 'network'")
        }
    }

    private enum SplitRule: String, CaseIterable {
        case leaveOneOut = "leave-one-out"
        case leaveLastOut = "leave-last-out"
        case random
        case coldUsers = "cold-users"
        case coldItems = "cold-items"
    }

    private static func readData(
        _ reader: inout SettingsReader, seed: UInt64
    ) throws -> (source: Source, split: Split, sampledUsers: Int) {
        let path = reader.text("data.source", default: "synthetic")
        let source: Source
        if path == "synthetic" {
            var population = SyntheticPopulation()
            population.seed = seed
            population.users = try reader.integer(
                "data.users", default: population.users, in: 2...10_000_000)
            population.items = try reader.integer(
                "data.items", default: population.items, in: 20...1_000_000)
            population.genres = try reader.integer(
                "data.genres", default: population.genres, in: 2...1000)
            population.meanHistoryLength = try reader.number(
                "data.meanHistoryLength", default: population.meanHistoryLength, in: 3...10_000)
            population.sequentialStrength = try reader.number(
                "data.sequentialStrength", default: population.sequentialStrength, in: 0...1)
            source = .synthetic(population)
        } else {
            source = .file(path: path)
        }
        func coldShare() throws -> Double {
            try reader.number("data.coldShare", default: 0.1, in: 0.001...0.9)
        }
        let split: Split
        switch try reader.choice("data.split", default: SplitRule.leaveOneOut) {
        case .leaveOneOut: split = .leaveOneOut
        case .leaveLastOut: split = .leaveLastOut
        case .random:
            split = .random(
                testFraction: try reader.number("data.testFraction", default: 0.2, in: 0.01...0.9),
                seed: seed)
        case .coldUsers: split = .coldUsers(share: try coldShare(), seed: seed)
        case .coldItems: split = .coldItems(share: try coldShare(), seed: seed)
        }
        let sampled = try reader.integer("data.sampledUsers", default: 0, in: 0...Int.max)
        return (source, split, sampled)
    }

    private static func readPrivacy(_ reader: inout SettingsReader) throws -> PrivacyTarget {
        PrivacyTarget(
            budget: try PrivacyBudget(
                epsilon: try reader.number("privacy.epsilon", default: 4, in: 1e-3...100),
                delta: try reader.number("privacy.delta", default: 1e-5, in: 1e-15...0.1)),
            against: try reader.choice(
                "privacy.against", default: PrivacyTarget.Adversary.coordinator))
    }

    private enum SelectionRule: String, CaseIterable {
        case everyone, rotation, limited, coins
    }

    private static func readCohort(_ reader: inout SettingsReader) throws -> CohortPolicy {
        let selection: CohortPolicy.Selection =
            switch try reader.choice("cohort.selection", default: SelectionRule.everyone) {
            case .everyone: .everyone
            case .rotation:
                .rotation(size: try reader.integer("cohort.size", default: 100, in: 2...1 << 20))
            case .limited:
                .limited(
                    size: try reader.integer("cohort.size", default: 100, in: 2...1 << 20),
                    participations: try reader.integer(
                        "cohort.participations", default: 10, in: 1...1_000_000))
            case .coins:
                .coins(rate: try reader.number("cohort.rate", default: 0.1, in: 1e-6...1))
            }
        return CohortPolicy(
            selection: selection,
            toleratedDropout: try reader.number(
                "cohort.toleratedDropout", default: 0.1, in: 0...0.49),
            colludingShare: try reader.number(
                "cohort.colludingShare", default: 0.05, in: 0...0.9))
    }
}
