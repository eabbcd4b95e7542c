public import FederatedProtocol
public import PrivacyLedger
public import Recommender

extension Scenario {
    /// The algorithm for a catalogue and a number of devices, before its first round.
    ///
    /// - Throws: What the algorithm throws where settings and catalogue do not fit.
    public func makeAlgorithm(
        catalogue: Catalogue, devices: Int
    ) throws -> any FederatedAlgorithm {
        switch algorithm {
        case .coOccurrence(let settings):
            try CoOccurrence(
                configuration: settings.configuration(devices: devices), catalogue: catalogue)
        case .federatedAveraging(let configuration):
            FederatedMatrixFactorization(itemCount: catalogue.count, configuration: configuration)
        case .refinedCoOccurrence(let task):
            try RefinedCoOccurrence(
                embeddings: task.embeddings.configuration(devices: devices),
                embeddingShare: task.embeddingShare, refiner: task.refiner,
                training: task.federated, catalogue: catalogue)
        case .network(let task):
            try Self.federated(
                try task.network.make(catalogue), task.federated, newItems: catalogue.newItems)
        }
    }

    private static func federated(
        _ network: some RecommenderNetwork, _ configuration: FederatedNetworkConfiguration,
        newItems: [Int]
    ) throws -> any FederatedAlgorithm {
        try FederatedNetwork(network, configuration: configuration, newItems: newItems)
    }

    /// What the queries of the algorithm may spend.
    public func trainingPlan(_ queries: [SumQuery], population: Int) throws -> TrainingPlan {
        try TrainingPlan(
            queries: queries, spareRounds: spareRounds, population: population, policy: policy,
            target: target, noise: noise)
    }

    /// The training as the ledger announces it.
    public func ledgerTask(
        named name: String, purpose: String, algorithm: some FederatedAlgorithm, population: Int
    ) -> LedgerTask {
        LedgerTask(
            name: name, purpose: purpose, rounds: algorithm.queries.count + spareRounds,
            population: population, policy: policy, target: target,
            model: algorithm.model.ledgerHash)
    }
}

extension DeviceModel {
    /// The hash of the model, as the ledger and the published model state it.
    package var ledgerHash: [UInt8] { snapshot.checksum }
}
