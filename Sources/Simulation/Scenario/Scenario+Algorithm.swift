package import Recommender

extension Scenario {
    /// What is trained; sizes that depend on the number of devices are fixed once it is known.
    package enum Algorithm: Sendable, Hashable {
        /// Private co-occurrence embeddings.
        case coOccurrence(CoOccurrenceSettings)
        /// Federated averaging of a matrix factorisation.
        case federatedAveraging(FederatedMatrixFactorization.Configuration)
        /// Private co-occurrence, corrected by a transformer.
        case refinedCoOccurrence(RefinementTask)
        /// Federated averaging of a network.
        case network(NetworkTask)

        /// Whether training looks at ratings.
        var usesRatings: Bool {
            guard case .network(let task) = self,
                let factors = task.network.configuration as? FactorModel.Configuration
            else { return false }
            return factors.objective == .ratings
        }

        /// The name in reports.
        package var name: String {
            switch self {
            case .coOccurrence(let settings): "co-occurrence, \(settings.variant.rawValue)"
            case .federatedAveraging: "federated averaging"
            case .refinedCoOccurrence: "co-occurrence, refined by a transformer"
            case .network(let task): "federated averaging of \(task.network.title)"
            }
        }
    }

    /// The settings of private co-occurrence that a scenario fixes; nil leaves the choice to
    /// ``Recommender/CoOccurrenceConfiguration/init(variant:devices:)``.
    package struct CoOccurrenceSettings: Sendable, Hashable {
        /// How the leading eigenvectors are found.
        package var variant: CoOccurrenceConfiguration.Variant
        fileprivate var keptItems: Double?
        fileprivate var dimensions: Double?
        fileprivate var window: Double?
        fileprivate var passes: Double?
        fileprivate var smoothing: Double?
        fileprivate var decay: Double?
        fileprivate var popularityWeight: Double?

        /// The full settings for a number of devices.
        func configuration(devices: Int) -> CoOccurrenceConfiguration {
            var configuration = CoOccurrenceConfiguration(variant: variant, devices: devices)
            if let keptItems { configuration.keptItems = Int(keptItems) }
            if let dimensions { configuration.dimensions = Int(dimensions) }
            if let window { configuration.window = window }
            if let passes { configuration.passes = Int(passes) }
            if let smoothing { configuration.smoothing = smoothing }
            if let decay { configuration.ranking.weights.decay = decay }
            if let popularityWeight { configuration.ranking.popularityWeight = popularityWeight }
            return configuration
        }
    }

    private enum AlgorithmName: String, CaseIterable {
        case coOccurrence = "co-occurrence"
        case federatedAveraging = "federated-averaging"
        case refinedCoOccurrence = "refined-co-occurrence"
        case network
    }

    static func readAlgorithm(_ reader: inout SettingsReader, seed: UInt64) throws -> Algorithm {
        switch try reader.choice("algorithm.name", default: AlgorithmName.coOccurrence) {
        case .coOccurrence: .coOccurrence(try readCoOccurrence(&reader))
        case .refinedCoOccurrence:
            .refinedCoOccurrence(
                try readRefinement(&reader, embeddings: readCoOccurrence(&reader), seed: seed))
        case .federatedAveraging:
            .federatedAveraging(try readFederatedAveraging(&reader, seed: seed))
        case .network: .network(try readNetwork(&reader, seed: seed))
        }
    }
}

extension Scenario {
    private static func readCoOccurrence(
        _ reader: inout SettingsReader
    ) throws -> CoOccurrenceSettings {
        CoOccurrenceSettings(
            variant: try reader.choice(
                "algorithm.variant", default: CoOccurrenceConfiguration.Variant.subspace),
            keptItems: try reader.automatic("algorithm.keptItems", in: 10...20_000),
            dimensions: try reader.automatic("algorithm.dimensions", in: 1...512),
            window: try reader.automatic("algorithm.window", in: 0.5...10_000),
            passes: try reader.automatic("algorithm.passes", in: 1...8),
            smoothing: try reader.automatic("algorithm.smoothing", in: 0...10_000),
            decay: try reader.automatic("algorithm.decay", in: 0.1...100_000),
            popularityWeight: try reader.automatic("algorithm.popularityWeight", in: 0...100))
    }

    private static func readFederatedAveraging(
        _ reader: inout SettingsReader, seed: UInt64
    ) throws -> FederatedMatrixFactorization.Configuration {
        var configuration = FederatedMatrixFactorization.Configuration()
        func integer(_ key: String, _ value: inout Int, _ range: ClosedRange<Int>) throws {
            try reader.read("algorithm." + key, into: &value, in: range)
        }
        func number(_ key: String, _ value: inout Float, _ range: ClosedRange<Double>) throws {
            try reader.read("algorithm." + key, into: &value, in: range)
        }
        try integer("rounds", &configuration.rounds, 1...100_000)
        try integer("dimensions", &configuration.dimensions, 1...510)
        try integer("localEpochs", &configuration.localEpochs, 1...1000)
        try integer("userEpochs", &configuration.userEpochs, 0...1000)
        try integer("rankingEpochs", &configuration.rankingEpochs, 0...1000)
        try integer("batchSize", &configuration.batchSize, 1...100_000)
        try integer("negatives", &configuration.negatives, 1...1000)
        configuration.loss = try reader.choice("algorithm.loss", default: configuration.loss)
        configuration.itemBias = try reader.flag(
            "algorithm.itemBias", default: configuration.itemBias)
        try number("deviceLearningRate", &configuration.deviceLearningRate, 0...1000)
        try number("userLearningRate", &configuration.userLearningRate, 0...1000)
        try number("userDecay", &configuration.userDecay, 0...1000)
        try number("serverLearningRate", &configuration.serverLearningRate, 0...1000)
        try number("beta1", &configuration.beta1, 0...0.9999)
        try number("beta2", &configuration.beta2, 0...0.99999)
        try number("epsilon", &configuration.epsilon, 1e-12...1)
        try number("initialScale", &configuration.initialScale, 0...10)
        configuration.clippingNorm = try reader.number(
            "algorithm.clippingNorm", default: configuration.clippingNorm, in: 1e-6...1e6)
        configuration.adaptiveClipping = try readAdaptiveClipping(&reader)
        configuration.seed = seed
        return configuration
    }

    static func readAdaptiveClipping(
        _ reader: inout SettingsReader
    ) throws -> AdaptiveClipping? {
        guard try reader.flag("algorithm.adaptiveClipping", default: false) else { return nil }
        var adaptive = AdaptiveClipping()
        adaptive.quantile = try reader.number(
            "algorithm.clippingQuantile", default: adaptive.quantile, in: 0.01...0.99)
        adaptive.learningRate = try reader.number(
            "algorithm.clippingLearningRate", default: adaptive.learningRate, in: 0...10)
        return adaptive
    }
}
