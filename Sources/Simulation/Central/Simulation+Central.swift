internal import Foundation
internal import Learning
internal import Recommender

/// What central training tells whoever watches it.
public enum CentralEvent: Sendable {
    /// So much of an epoch is done, from 0 to 1.
    case progress(epoch: Int, epochs: Int, share: Double)
    /// So much of an epoch of a part that is trained first is done.
    case pretraining(String, epoch: Int, epochs: Int, share: Double)
    /// An epoch of a part that is trained first is done.
    case pretrained(String, epoch: Int, epochs: Int, loss: Double)
    /// An epoch was judged; the start, before the first, where parts were trained first.
    case judged(CentralResult.Epoch, epochs: Int)
    /// Work outside the epochs has begun.
    case stage(String)
}

/// The time that some work took, in seconds.
private struct TimeSpent {
    var seconds = 0.0
    var cpuSeconds = 0.0

    /// Does some of the work.
    mutating func adding<Result>(_ work: () async throws -> Result) async rethrows -> Result {
        let (began, usage) = (Date(), ProcessUsage.current)
        let result = try await work()
        seconds -= began.timeIntervalSinceNow
        cpuSeconds += ProcessUsage.current.cpuSeconds - usage.cpuSeconds
        return result
    }
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
        guard let parts = task.central.parts,
            let whole = network as? NeuralCollaborativeFiltering
        else {
            return try await train(network, task, observer)
        }
        return try await train(
            whole, task, observer, from: try await pretrain(whole, parts, task, observer))
    }

    /// What the parts of a network that were trained first give the whole.
    private struct Start {
        var values: NetworkValues
        var spent: TimeSpent
    }

    /// Starting values of NeuMF from its parts, each trained alone.
    private func pretrain(
        _ whole: NeuralCollaborativeFiltering, _ parts: Scenario.CentralSettings.Parts,
        _ task: Scenario.NetworkTask, _ observer: (CentralEvent) -> Void
    ) async throws -> Start {
        var spent = TimeSpent()
        let histories = centralHistories(task)
        func train(
            _ architecture: NeuralCollaborativeFiltering.Architecture,
            _ settings: Scenario.CentralPasses
        ) async throws -> (NeuralCollaborativeFiltering, NetworkValues) {
            var configuration = whole.configuration
            configuration.architecture = architecture
            let part = NeuralCollaborativeFiltering(
                itemCount: catalogue.count, configuration: configuration)
            let training = CentralTraining(part, on: histories, settings.configuration)
            for epoch in 0..<settings.epochs {
                let loss = try await spent.adding {
                    try await training.pass { share in
                        try interruption.check()
                        observer(
                            .pretraining(
                                configuration.title, epoch: epoch + 1, epochs: settings.epochs,
                                share: share))
                    }
                }
                observer(
                    .pretrained(
                        configuration.title, epoch: epoch + 1, epochs: settings.epochs,
                        loss: loss))
            }
            return (part, training.values)
        }
        let (gmf, product) = try await train(.gmf, parts.gmf)
        let (mlp, tower) = try await train(.mlp, parts.mlp)
        return Start(values: whole.joining(product, of: gmf, tower, of: mlp), spent: spent)
    }

    /// Everybody's histories, with popularity where training looks at it.
    private func centralHistories(_ task: Scenario.NetworkTask) -> Histories {
        Histories(
            histories, itemCount: catalogue.count,
            popularity: task.federated.popularity.map {
                ItemPopularity(
                    of: histories, itemCount: catalogue.count, newItems: catalogue.newItems, $0)
            })
    }

    private func train<Network: RecommenderNetwork>(
        _ network: Network, _ task: Scenario.NetworkTask,
        _ observer: (CentralEvent) -> Void, from start: Start? = nil
    ) async throws -> CentralResult {
        let (histories, settings) = (centralHistories(task), task.central)
        let training = CentralTraining(
            network, on: histories, settings.training.configuration, from: start?.values)
        observer(.stage("judging popularity"))
        var result = CentralResult(
            scenario: scenario.name, network: task.network.title, status: .finished,
            people: histories.people,
            items: catalogue.count,
            parameters: .init(
                shared: network.layout.count(.shared), personal: network.layout.count(.personal)),
            popularity: try await quality(
                of: PopularityRanker(itemCount: catalogue.count, histories: self.histories),
                privateParameters: training.values.personal),
            epochs: [], peakMemoryBytes: 0)
        let epochs = settings.training.epochs
        var spent = start?.spent ?? TimeSpent()
        func judge(epoch: Int, loss: Double?) async throws {
            observer(.stage("epoch \(epoch)/\(epochs): judging rankings"))
            let judged = CentralResult.Epoch(
                epoch: epoch, loss: loss, seconds: spent.seconds, cpuSeconds: spent.cpuSeconds,
                quality: try await quality(
                    of: training.model, privateParameters: training.values.personal))
            result.epochs.append(judged)
            observer(.judged(judged, epochs: epochs))
        }
        do {
            if start != nil { try await judge(epoch: 0, loss: nil) }
            for epoch in 0..<epochs {
                let loss = try await spent.adding {
                    try await training.pass { share in
                        try interruption.check()
                        observer(.progress(epoch: epoch + 1, epochs: epochs, share: share))
                    }
                }
                if (epoch + 1) % settings.evaluationInterval == 0 || epoch + 1 == epochs {
                    try await judge(epoch: epoch + 1, loss: loss)
                }
            }
        } catch is Interrupted {
            result.status = .interrupted
        }
        result.peakMemoryBytes = ProcessUsage.current.peakMemoryBytes
        return result
    }
}
