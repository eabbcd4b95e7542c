internal import Learning
internal import VectorKernels

/// A trained network that fits its private parameters to the history before it ranks.
package struct PersonalizedModel<Network: RecommenderNetwork>: DeviceModel {
    private let model: NetworkModel<Network>
    private let training: DeviceTraining<Network>

    /// A network with trained shared parameters.
    init(_ model: NetworkModel<Network>, training: DeviceTraining<Network>) {
        self.model = model
        self.training = training
    }

    package func scores(history: [Interaction], privateParameters: [Float]) -> [Float] {
        model.scores(
            history: history, privateParameters: privateParameters,
            seed: training.configuration.seed
        ) {
            training.fitPersonal($0, to: $1, epochs: training.configuration.rankingEpochs)
        }
    }

    package var snapshot: Snapshot {
        var snapshot = model.snapshot
        for setting in FederatedNetworkConfiguration.rankingSettings {
            snapshot.attributes[Self.prefix + setting.name] = setting.text(
                of: training.configuration)
        }
        snapshot.attributes[Self.prefix + "seed"] = String(training.configuration.seed)
        return snapshot
    }

    package var content: RankingContent {
        let vectors = model.itemVectors
        return RankingContent(
            dimensions: vectors.width, rows: vectors.values,
            priors: [Float](repeating: 0, count: model.network.itemCount),
            rule: .network(NetworkRule(snapshot: snapshot)))
    }

    private static var prefix: String { "ranking." }

    /// The model of a snapshot, of this network.
    ///
    /// - Throws: ``SnapshotError`` where it is none.
    init(_ network: Network, in snapshot: Snapshot) throws(SnapshotError) {
        var configuration = FederatedNetworkConfiguration()
        for setting in FederatedNetworkConfiguration.rankingSettings {
            guard let text = snapshot.attributes[Self.prefix + setting.name],
                setting.set(text, in: &configuration)
            else { throw .damaged }
        }
        guard let seed = snapshot.attributes[Self.prefix + "seed"].flatMap(UInt64.init) else {
            throw .damaged
        }
        configuration.seed = seed
        try self.init(
            NetworkModel(network, in: snapshot),
            training: DeviceTraining(network, configuration: configuration, frozen: []))
    }
}

/// Ranking by a network, on the device.
public struct NetworkRule: Sendable, Hashable {
    /// The network's name and settings, its shared parameters, and how private ones are fitted.
    let snapshot: Snapshot

    /// Makes what ranks.
    ///
    /// - Parameter catalogue: The items, in the order of training.
    /// - Throws: ``SnapshotError`` where it does not say which network, or not all of it.
    func model(for catalogue: Catalogue) throws(SnapshotError) -> any Ranker {
        guard var configuration = Networks.configuration(named: snapshot.kind) else {
            throw .wrongKind(expected: "a network", actual: snapshot.kind)
        }
        guard configuration.set(snapshot.attributes),
            configuration.contradiction(with: catalogue) == nil
        else { throw .damaged }
        func model(_ network: some RecommenderNetwork) throws(SnapshotError) -> any Ranker {
            try PersonalizedModel(network, in: snapshot)
        }
        return try model(configuration.makeNetwork(for: catalogue))
    }
}
