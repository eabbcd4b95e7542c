internal import Learning
package import Recommender

/// A network by the name that it is known by, with its settings.
package enum NetworkSettings: Sendable, Hashable {
    /// Matrix factorisation.
    case factors(FactorModel.Configuration)
    /// GMF, MLP or NeuMF.
    case collaborativeFiltering(NeuralCollaborativeFiltering.Configuration)
    /// AutoRec.
    case autoencoder(ItemAutoencoder.Configuration)
    /// Mult-VAE.
    case variationalAutoencoder(VariationalAutoencoder.Configuration)
    /// GRU4Rec.
    case gatedRecurrence(GatedRecurrence.Configuration)
    /// Caser.
    case convolutionalSequence(ConvolutionalSequence.Configuration)
    /// SASRec.
    case selfAttention(SelfAttention.Configuration)
    /// Two towers with item attributes.
    case twoTower(TwoTower.Configuration)
    /// Wide & Deep.
    case wideAndDeep(WideAndDeep.Configuration)
    /// DeepFM.
    case deepFactorizationMachine(DeepFactorizationMachine.Configuration)
    /// A ranker with the context of the moment.
    case contextRanker(ContextRanker.Configuration)

    /// What the network is called.
    package var name: String {
        switch self {
        case .factors: "matrix factorisation"
        case .collaborativeFiltering(let configuration):
            switch configuration.architecture {
            case .gmf: "GMF"
            case .mlp: "MLP"
            case .neuMF: "NeuMF"
            }
        case .autoencoder: "AutoRec"
        case .variationalAutoencoder: "Mult-VAE"
        case .gatedRecurrence: "GRU4Rec"
        case .convolutionalSequence: "Caser"
        case .selfAttention: "SASRec"
        case .twoTower: "two towers"
        case .wideAndDeep: "Wide & Deep"
        case .deepFactorizationMachine: "DeepFM"
        case .contextRanker: "a network with context"
        }
    }

    /// Whether the network has parts that can be trained alone first.
    var hasParts: Bool {
        if case .collaborativeFiltering(let configuration) = self {
            configuration.architecture == .neuMF
        } else {
            false
        }
    }

    /// 2 GB of values, gradients and moments.
    private static var mostParameters: Int { 1 << 27 }

    /// The network for a catalogue.
    ///
    /// - Throws: ``ScenarioError/contradiction(_:)`` where it would not fit into a memory.
    package func make(_ catalogue: Catalogue) throws -> any RecommenderNetwork {
        let network = unchecked(catalogue)
        let count = network.layout.count(.shared)
        guard count <= Self.mostParameters else {
            throw ScenarioError.contradiction(
                "\(name) would have \(count) shared parameters with these settings, and "
                    + "\(Self.mostParameters) are the most; lower the widths of its layers")
        }
        return network
    }

    private func unchecked(_ catalogue: Catalogue) -> any RecommenderNetwork {
        let count = catalogue.count
        return switch self {
        case .factors(let settings): FactorModel(itemCount: count, configuration: settings)
        case .collaborativeFiltering(let settings):
            NeuralCollaborativeFiltering(itemCount: count, configuration: settings)
        case .autoencoder(let settings):
            ItemAutoencoder(itemCount: count, configuration: settings)
        case .variationalAutoencoder(let settings):
            VariationalAutoencoder(itemCount: count, configuration: settings)
        case .gatedRecurrence(let settings):
            GatedRecurrence(itemCount: count, configuration: settings)
        case .convolutionalSequence(let settings):
            ConvolutionalSequence(itemCount: count, configuration: settings)
        case .selfAttention(let settings):
            SelfAttention(itemCount: count, configuration: settings)
        case .twoTower(let settings):
            TwoTower(
                itemCount: count, attributes: ItemAttributes(of: catalogue),
                configuration: settings)
        case .wideAndDeep(let settings):
            WideAndDeep(
                itemCount: count, attributes: ItemAttributes(of: catalogue),
                configuration: settings)
        case .deepFactorizationMachine(let settings):
            DeepFactorizationMachine(
                itemCount: count, attributes: ItemAttributes(of: catalogue),
                configuration: settings)
        case .contextRanker(let settings):
            ContextRanker(itemCount: count, configuration: settings)
        }
    }
}
