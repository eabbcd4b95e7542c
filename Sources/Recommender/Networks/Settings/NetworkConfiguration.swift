/// The settings of a network: with a catalogue, all that is needed to make it.
package protocol NetworkConfiguration: Sendable, Hashable {
    /// All settings, in the order in which scenarios list them; one comes after those that it depends
    /// on.
    static var settings: [NetworkSetting<Self>] { get }

    /// The name of the network in scenarios and model files.
    var name: String { get }

    /// What reports call the network.
    var title: String { get }

    /// What is wrong with settings that are right one by one; nil if nothing is.
    var contradiction: String? { get }

    /// What is wrong with the settings for the items of a catalogue; nil if nothing is.
    func contradiction(with catalogue: Catalogue) -> String?

    /// Whether what is popular can be told from taste by what is drawn against interactions.
    var drawsNegatives: Bool { get }

    /// The network for a catalogue that does not contradict the settings.
    func makeNetwork(for catalogue: Catalogue) -> any RecommenderNetwork
}

extension NetworkConfiguration {
    package var contradiction: String? { nil }

    package func contradiction(with catalogue: Catalogue) -> String? { nil }

    package var drawsNegatives: Bool { true }

    /// All settings that it has, as texts.
    package var texts: [String: String] {
        Dictionary(
            Self.settings.filter { $0.applies(to: self) }.map { ($0.name, $0.text(of: self)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Changes settings to what texts say; those without one stay.
    ///
    /// - Returns: Whether all texts are what they may be, and do not contradict each other.
    mutating func set(_ texts: [String: String]) -> Bool {
        for setting in Self.settings where setting.applies(to: self) {
            guard let text = texts[setting.name] else { continue }
            guard setting.set(text, in: &self) else { return false }
        }
        return contradiction == nil
    }
}

/// The networks there are.
package enum Networks {
    /// Those that can be trained by themselves, each with its usual settings.
    package static var all: [any NetworkConfiguration] {
        let filtering = NeuralCollaborativeFiltering.Architecture.allCases.map {
            NeuralCollaborativeFiltering.Configuration(architecture: $0)
        }
        return [FactorModel.Configuration()] + filtering
            + [
                ItemAutoencoder.Configuration(), VariationalAutoencoder.Configuration(),
                GatedRecurrence.Configuration(), ConvolutionalSequence.Configuration(),
                SelfAttention.Configuration(), TwoTower.Configuration(),
                WideAndDeep.Configuration(), DeepFactorizationMachine.Configuration(),
                ContextRanker.Configuration(),
            ] as [any NetworkConfiguration]
    }

    /// The network of a name with its usual settings; nil where there is none.
    package static func configuration(named name: String) -> (any NetworkConfiguration)? {
        (all + [SequenceRefiner.Configuration()]).first { $0.name == name }
    }
}
