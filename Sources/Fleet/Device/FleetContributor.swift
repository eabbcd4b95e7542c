internal import FederatedProtocol
internal import OnDevice
internal import PrivacyLedger
internal import Simulation
internal import Sodium

/// What one device of a fleet answers queries with: its history and its own parameters, both in its
/// store.
struct FleetContributor: RoundContributor {
    /// The device's number in the fleet.
    let number: Int
    let store: BehaviourStore
    let transport: HTTPRoundTransport
    let setting: FleetDevice.Setting

    func canContribute(to plan: RoundPlan) async -> Bool {
        guard let task = try? await setting.tasks.task(plan.task) else { return false }
        return task.trainer.canAnswer(plan) && transport.broadcast(of: plan.session) != nil
    }

    func contribution(to plan: RoundPlan) async throws -> [Float] {
        let task = try await setting.tasks.task(plan.task)
        guard let broadcast = transport.broadcast(of: plan.session) else {
            throw CallError(.dataLoss, "the round names no broadcast")
        }
        let (parametersSeed, trainingSeed) = seeds(for: plan, scenario: task.scenario)
        var parameters =
            try store.privateParameters(of: plan.task)
            ?? task.trainer.makePrivateParameters(seed: parametersSeed)
        let device = transport.device
        let vector = try await task.trainer.contribution(
            to: plan, broadcast: broadcast.hash,
            loading: {
                try await device.authorized { bearer in
                    try await device.client.snapshot(
                        broadcast.hash, byteCount: broadcast.byteCount, at: broadcast.coordinator,
                        bearer: bearer)
                }
            }, history: setting.events.history(from: try store.events),
            privateParameters: &parameters,
            seed: trainingSeed)
        if !parameters.isEmpty {
            try store.setPrivateParameters(parameters, of: plan.task)
            setting.parameters.set(parameters, of: number, for: plan.task)
        }
        return vector
    }

    private func seeds(
        for plan: RoundPlan, scenario: Scenario
    ) -> (parameters: UInt64, training: UInt64) {
        guard setting.isRehearsal else {
            var randomness = SystemRandomness()
            return (randomness.next(), randomness.next())
        }
        return (
            SimulatedDraws.parametersSeed(seed: scenario.seed, device: number),
            SimulatedDraws.trainingSeed(
                seed: scenario.seed, round: plan.round, device: number)
        )
    }
}
