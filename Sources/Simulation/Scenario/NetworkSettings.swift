internal import Learning
package import Recommender

/// A network by its name, with its settings.
package struct NetworkSettings: Sendable, Hashable {
    /// The settings.
    package var configuration: any NetworkConfiguration

    /// What `algorithm.network` may say.
    package static var names: [String] { Networks.all.map(\.name) }

    /// Reads the keys of the network that `algorithm.network` names.
    init(_ reader: inout SettingsReader) throws {
        let name = try reader.choice("algorithm.network", of: Self.names, default: "sasrec")
        guard let standard = Networks.configuration(named: name) else {
            preconditionFailure("every name is of a network")
        }
        configuration = try Self.read(standard, &reader)
    }

    private static func read<Configuration: NetworkConfiguration>(
        _ standard: Configuration, _ reader: inout SettingsReader
    ) throws -> Configuration {
        var configuration = standard
        try reader.read(Configuration.settings, into: &configuration)
        if let contradiction = configuration.contradiction {
            throw ScenarioError.contradiction(contradiction)
        }
        return configuration
    }

    /// What the network is called.
    package var title: String { configuration.title }

    /// Whether the network has parts that can be trained alone first.
    var hasParts: Bool {
        (configuration as? NeuralCollaborativeFiltering.Configuration)?.architecture == .neuMF
    }

    /// 2 GB of values, gradients and moments.
    private static var mostParameters: Int { 1 << 27 }

    /// The network for a catalogue.
    ///
    /// - Throws: ``ScenarioError/contradiction(_:)`` where it is no network for these items, or would not
    ///   fit into a memory.
    package func make(_ catalogue: Catalogue) throws -> any RecommenderNetwork {
        if let contradiction = configuration.contradiction(with: catalogue) {
            throw ScenarioError.contradiction(contradiction)
        }
        let network = configuration.makeNetwork(for: catalogue)
        let count = network.layout.count(.shared)
        guard count <= Self.mostParameters else {
            throw ScenarioError.contradiction(
                "\(title) would have \(count) shared parameters with these settings, and "
                    + "\(Self.mostParameters) are the most; lower the widths of its layers")
        }
        return network
    }

    package static func == (left: Self, right: Self) -> Bool {
        AnyHashable(left.configuration) == AnyHashable(right.configuration)
    }

    package func hash(into hasher: inout Hasher) { configuration.hash(into: &hasher) }
}
