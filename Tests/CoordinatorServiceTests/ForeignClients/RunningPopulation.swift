import Coordinator
import CoordinatorService
import DifferentialPrivacy
import FederatedProtocol
import Foundation
import Logging
import PrivacyLedger
import Simulation
import Sodium

/// A coordinator on a database of its own, with one task, behind a server.
struct RunningPopulation {
    static let task = "films"
    private static let statement = String(
        repeating: "What was asked of devices is kept a year. ", count: 100)

    let coordinator: PopulationCoordinator
    let simulation: Simulation
    let server: RunningServer

    var url: String { "http://127.0.0.1:\(server.port)" }

    /// Runs `body` beside a coordinator whose ledger has three entries, the last one long.
    static func with<Result: Sendable>(
        devices: Int, _ body: @Sendable (RunningPopulation) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "covey-population-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let simulation = try Simulation(
            scenario: try Scenario(
                yaml: scenario, source: "the test", overrides: ["data.users=\(devices)"]))
        let store = try await SQLiteStore.open(at: folder.appending(path: "coordinator.db").path)
        let coordinator = try await PopulationCoordinator(
            configuration: try configuration(), store: store,
            key: try SigningKey(seed: SecretBytes([UInt8](repeating: 9, count: 32))),
            logger: .silent)
        let leading = Task { await coordinator.run() }
        let result: Swift.Result<Result, any Error>
        do {
            while await !coordinator.readiness().isReady {
                try await Task.sleep(for: .milliseconds(20))
            }
            try await setUp(coordinator, simulation, devices: devices)
            result = .success(
                try await RunningServer.with(coordinator) { server in
                    try await body(
                        RunningPopulation(
                            coordinator: coordinator, simulation: simulation, server: server))
                })
        } catch { result = .failure(error) }
        leading.cancel()
        await leading.value
        await store.close()
        return try result.get()
    }

    private static let scenario = """
        seed: 11
        aggregation: real
        data: {items: 60, meanHistoryLength: 12}
        algorithm: {name: co-occurrence, dimensions: 4, keptItems: 20, passes: 1}
        privacy: {epsilon: 20, delta: 1e-5}
        cohort: {selection: everyone, toleratedDropout: 0.4, colludingShare: 0.05}
        evaluation: {withoutPrivacy: false, negatives: 20}
        """

    /// Steps end when everybody has answered; a busy machine may take its time.
    private static func configuration() throws -> CoordinatorConfiguration {
        let step = 120_000
        return CoordinatorConfiguration(
            replica: Replica(name: "one", url: ""), origin: "films.example/recommender",
            target: PrivacyTarget(
                budget: try PrivacyBudget(epsilon: 50, delta: 1e-5), against: .coordinator),
            enrolment: .open,
            schedule: StepSchedule(
                advertising: step, sharing: step, masking: step, endorsing: step, unmasking: step,
                poll: 20), gathering: step, leaseMilliseconds: 600_000)
    }

    private static func setUp(
        _ coordinator: PopulationCoordinator, _ simulation: Simulation, devices: Int
    ) async throws {
        var request = Covey_V1_CreateTaskRequest()
        request.name = task
        request.scenario = simulation.scenario.resolvedYAML
        request.devices = UInt64(devices)
        request.catalogue = try CatalogueLines.encode(simulation.items)
        _ = try await coordinator.createTask(request)
        for (topic, text) in [("audit", "Whoever wants to."), ("retention", statement)] {
            var declaration = Covey_V1_DeclareRequest()
            declaration.topic = topic
            declaration.text = text
            _ = try await coordinator.declare(declaration)
        }
    }
}
