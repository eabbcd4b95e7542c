internal import Foundation
internal import Learning
internal import Recommender

/// What central training tells whoever watches it.
public enum CentralEvent: Sendable {
    /// So much of an epoch is done, from 0 to 1.
    case progress(epoch: Int, epochs: Int, share: Double)
    /// So much of an epoch of a part that is trained first is done.
    case pretraining(String, epoch: Int, epochs: Int, share: Double)
    /// An epoch was judged.
    case judged(CentralResult.Epoch, epochs: Int)
    /// Work outside the epochs has begun.
    case stage(String)
}

extension Simulation {
    /// Trains the scenario's network on everybody's histories at once, without privacy: the
    /// reference that federated training is measured by.
    ///
    /// - Parameter observer: Told what happens.
    /// - Throws: ``ScenarioError`` where the scenario trains no network, or
    ///   ``SimulationError/nothingToEvaluate``.
    public func trainCentrally(
        observer: @Sendable (CentralEvent) -> Void
    ) async throws -> CentralResult {
        guard case .network(let task) = scenario.algorithm else {
            throw ScenarioError.contradiction(
                "algorithm.name is not 'network'; only networks are trained centrally")
        }
        let network = try task.network.make(catalogue)
        guard task.central.pretrainingEpochs > 0,
            let whole = network as? NeuralCollaborativeFiltering
        else {
            return try await train(network, named: task.network.title, task.central, observer)
        }
        return try await train(
            whole, named: task.network.title, task.central, observer,
            from: try await pretrain(whole, task.central, observer))
    }

    /// Starting values of NeuMF from its parts, each trained alone.
    private func pretrain(
        _ whole: NeuralCollaborativeFiltering, _ settings: Scenario.CentralSettings,
        _ observer: (CentralEvent) -> Void
    ) async throws -> NetworkValues {
        func train(
            _ architecture: NeuralCollaborativeFiltering.Architecture
        ) async throws -> (NeuralCollaborativeFiltering, NetworkValues) {
            var configuration = whole.configuration
            configuration.architecture = architecture
            let part = NeuralCollaborativeFiltering(
                itemCount: catalogue.count, configuration: configuration)
            let training = CentralTraining(
                part, on: Histories(histories, itemCount: catalogue.count),
                .init(
                    optimizer: .adam(rate: settings.pretrainingRate), batchSize: settings.batchSize,
                    movesAllRows: settings.movesAllRows, seed: scenario.seed))
            for epoch in 1...settings.pretrainingEpochs {
                let loss = try await training.pass { share in
                    try interruption.check()
                    observer(
                        .pretraining(
                            architecture.rawValue, epoch: epoch,
                            epochs: settings.pretrainingEpochs, share: share))
                }
                observer(
                    .stage("\(architecture.rawValue), epoch \(epoch): loss \(loss)"))
            }
            return (part, training.values)
        }
        let (gmf, product) = try await train(.gmf)
        let (mlp, tower) = try await train(.mlp)
        return whole.joining(product, of: gmf, tower, of: mlp)
    }

    private func train<Network: RecommenderNetwork>(
        _ network: Network, named name: String, _ settings: Scenario.CentralSettings,
        _ observer: (CentralEvent) -> Void, from start: NetworkValues? = nil
    ) async throws -> CentralResult {
        let histories = Histories(self.histories, itemCount: catalogue.count)
        let training = CentralTraining(
            network, on: histories,
            .init(
                optimizer: settings.optimizer, batchSize: settings.batchSize,
                movesAllRows: settings.movesAllRows, seed: scenario.seed),
            from: start)
        func judge(_ model: some Ranker) async throws -> RankingQuality {
            let personal = (0..<histories.people).map(training.personal)
            return try await quality(of: model, privateParameters: personal)
        }
        observer(.stage("judging popularity"))
        var result = CentralResult(
            scenario: scenario.name, network: name, status: .finished, people: histories.people,
            items: catalogue.count,
            parameters: .init(
                shared: network.layout.count(.shared), personal: network.layout.count(.personal)),
            popularity: try await judge(
                PopularityRanker(itemCount: catalogue.count, histories: self.histories)),
            epochs: [], peakMemoryBytes: 0)
        var (seconds, cpuSeconds) = (0.0, 0.0)
        do {
            for epoch in 1...settings.epochs {
                let (began, usage) = (Date(), ProcessUsage.current)
                let loss = try await training.pass { share in
                    try interruption.check()
                    observer(.progress(epoch: epoch, epochs: settings.epochs, share: share))
                }
                seconds -= began.timeIntervalSinceNow
                cpuSeconds += ProcessUsage.current.cpuSeconds - usage.cpuSeconds
                guard epoch % settings.evaluationInterval == 0 || epoch == settings.epochs else {
                    continue
                }
                observer(.stage("epoch \(epoch)/\(settings.epochs): judging rankings"))
                let judged = CentralResult.Epoch(
                    epoch: epoch, loss: loss, seconds: seconds, cpuSeconds: cpuSeconds,
                    quality: try await judge(training.model))
                result.epochs.append(judged)
                observer(.judged(judged, epochs: settings.epochs))
            }
        } catch is Interrupted {
            result.status = .interrupted
        }
        result.peakMemoryBytes = ProcessUsage.current.peakMemoryBytes
        return result
    }
}
