internal import FederatedProtocol
internal import PrivacyLedger
internal import Recommender
internal import Simulation
internal import Sodium

/// Judges the models that a coordinator publishes by the held-out part of the devices' histories, as the
/// simulator does.
struct ModelJudge: Sendable {
    let client: CoordinatorClient
    let trust: LedgerTrust
    let folder: FleetFolder
    let simulation: Simulation
    let tasks: TaskLibrary
    let parameters: ParametersInMemory
    let deviceCount: Int
    let isRehearsal: Bool

    private static let largestModel = 1 << 30

    /// The quality of a task's present model; nil where it has none.
    func judge(_ status: Covey_V1_TaskStatus) async throws -> FleetSummary.TaskQuality? {
        guard status.hasModel else { return nil }
        let task = try await tasks.task(status.name)
        let hash = [UInt8](status.model.hash)
        let byteCount = Int(clamping: status.model.byteCount)
        let bytes = try await client.snapshot(
            hash, byteCount: byteCount == 0 ? Self.largestModel : min(byteCount, Self.largestModel))
        let path = try folder.keep(model: bytes, named: hexadecimal(hash))
        let model = try PublishedModel(path: path, trusting: trust.opening.publicKey)
        let quality = try await quality(of: task.trainer.ranker(of: model), task, status.name)
        return FleetSummary.TaskQuality(
            task: status.name, queriesDone: Int(status.queriesDone),
            metrics: [
                "HR@\(quality.cutoff)": quality.sampled.hitRate,
                "NDCG@\(quality.cutoff)": quality.sampled.ndcg,
            ])
    }

    private func quality(
        of ranker: some Ranker, _ task: TaskLibrary.TrainingTask, _ name: String
    ) async throws -> RankingQuality {
        try await simulation.quality(
            of: ranker,
            privateParameters: (0..<deviceCount).map { privateParameters($0, task, name) })
    }

    /// What training left on a device: what is known of it in this run, or what its store has, or what
    /// it would begin with.
    private func privateParameters(
        _ device: Int, _ task: TaskLibrary.TrainingTask, _ name: String
    ) -> [Float] {
        parameters.parameters(of: device, for: name) {
            let initial = task.trainer.makePrivateParameters(
                seed: isRehearsal
                    ? SimulatedDraws.parametersSeed(seed: task.scenario.seed, device: device)
                    : UInt64.random(in: 0 ... .max))
            guard !initial.isEmpty else { return [] }
            return (try? folder.store(of: device).open().privateParameters(of: name)) ?? initial
        }
    }
}
