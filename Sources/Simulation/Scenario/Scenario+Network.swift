internal import Foundation
internal import Learning
package import Recommender
internal import VectorKernels

extension Scenario {
    /// A network and how it is trained.
    package struct NetworkTask: Sendable, Hashable {
        /// Which network.
        package var network: NetworkSettings
        /// How it is trained by private sums.
        package var federated: FederatedNetworkConfiguration
        /// How it is trained centrally, for comparison.
        package var central: CentralSettings
    }

    /// Private co-occurrence and the transformer that corrects it.
    package struct RefinementTask: Sendable, Hashable {
        /// The settings of co-occurrence.
        package var embeddings: CoOccurrenceSettings
        /// The share of the budget that it spends.
        package var embeddingShare: Double
        /// The transformer.
        package var refiner: SequenceRefiner.Configuration
        /// How the transformer is trained.
        package var federated: FederatedNetworkConfiguration
    }

    static func readNetwork(
        _ reader: inout SettingsReader, seed: UInt64
    ) throws -> NetworkTask {
        let network = try NetworkSettings(&reader)
        return NetworkTask(
            network: network,
            federated: try readFederated(&reader, of: network.configuration, seed: seed),
            central: try CentralSettings(&reader, of: network, seed: seed))
    }

    static func readRefinement(
        _ reader: inout SettingsReader, embeddings: CoOccurrenceSettings, seed: UInt64
    ) throws -> RefinementTask {
        // Co-occurrence gives these.
        let given = ["dimensions", "decay", "slowWeight", "slowDecay"]
        var refiner = SequenceRefiner.Configuration()
        let share = try reader.number(
            "algorithm.embeddingShare", default: 0.7, in: 0.01...0.99)
        try reader.read(
            SequenceRefiner.Configuration.settings.filter { !given.contains($0.name) },
            into: &refiner)
        return RefinementTask(
            embeddings: embeddings, embeddingShare: share, refiner: refiner,
            federated: try readFederated(&reader, of: refiner, seed: seed))
    }

    private static func readFederated(
        _ reader: inout SettingsReader, of network: any NetworkConfiguration, seed: UInt64
    ) throws -> FederatedNetworkConfiguration {
        var settings = FederatedNetworkConfiguration()
        settings.seed = seed
        try reader.read(
            FederatedNetworkConfiguration.settings(of: network), into: &settings)
        settings.adaptiveClipping = try readAdaptiveClipping(&reader)
        settings.clipsLayers = try reader.flag(
            "algorithm.clipLayers", default: settings.clipsLayers)
        settings.compression = try readCompression(&reader)
        settings.evaluation = try readEvaluation(&reader)
        if network.drawsNegatives { settings.popularity = try readPopularity(&reader) }
        settings.frozen = reader.text("algorithm.frozen", default: "")
            .split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        settings.server = try readServer(&reader)
        return settings
    }

    private static func readEvaluation(
        _ reader: inout SettingsReader
    ) throws -> PrivateEvaluation? {
        let interval = try reader.integer("algorithm.measureEvery", default: 0, in: 0...100_000)
        guard interval > 0 else { return nil }
        var evaluation = PrivateEvaluation(interval: interval)
        try reader.read(PrivateEvaluation.settings, into: &evaluation)
        return evaluation
    }

    private static func readPopularity(
        _ reader: inout SettingsReader
    ) throws -> PopularityCorrection? {
        let rounds = try reader.integer("algorithm.popularityRounds", default: 0, in: 0...100_000)
        guard rounds > 0 else { return nil }
        var correction = PopularityCorrection(rounds: rounds)
        try reader.read(PopularityCorrection.settings, into: &correction)
        return correction
    }

    private enum CompressionName: String, CaseIterable {
        case none, parts
        case lowRank = "low-rank"
        case countSketch = "count-sketch"
    }

    private static func readCompression(
        _ reader: inout SettingsReader
    ) throws -> UpdateCompression {
        switch try reader.choice("algorithm.compression", default: CompressionName.none) {
        case .none: return .none
        case .parts:
            return .parts(try reader.integer("algorithm.updateParts", default: 4, in: 2...1000))
        case .lowRank:
            return .lowRank(try reader.integer("algorithm.updateRank", default: 8, in: 1...1024))
        case .countSketch:
            let columns = try reader.integer(
                "algorithm.sketchColumns", default: 10_000, in: 16...16_777_216)
            return .countSketch(
                rows: try reader.integer("algorithm.sketchRows", default: 5, in: 1...32),
                columns: columns,
                kept: try reader.integer(
                    "algorithm.sketchKept", default: max(1, columns / 10), in: 1...16_777_216))
        }
    }

    private enum ServerName: String, CaseIterable { case momentum, adam, yogi, adagrad, ftrl }

    private static func readServer(_ reader: inout SettingsReader) throws -> ServerOptimizer {
        func number(
            _ key: String, _ standard: Double, _ range: ClosedRange<Double>
        ) throws -> Float {
            Float(try reader.number("algorithm." + key, default: standard, in: range))
        }
        let name = try reader.choice("algorithm.server", default: ServerName.adam)
        let rate = try number("serverLearningRate", name == .momentum ? 1 : 0.01, 1e-9...1000)
        switch name {
        case .momentum:
            return .momentum(rate: rate, momentum: try number("momentum", 0, 0...0.9999))
        case .adam, .yogi:
            let beta1 = try number("beta1", 0.9, 0...0.9999)
            let beta2 = try number("beta2", 0.99, 0...0.99999)
            let epsilon = try number("epsilon", 1e-4, 1e-12...1)
            return name == .adam
                ? .adam(rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon)
                : .yogi(rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon)
        case .adagrad:
            return .adagrad(rate: rate, epsilon: try number("epsilon", 1e-4, 1e-12...1))
        case .ftrl:
            return .ftrl(
                rate: rate, beta: try number("beta", 1, 1e-6...1000),
                l1: try number("l1", 0, 0...1000), l2: try number("l2", 0, 0...1000))
        }
    }
}
