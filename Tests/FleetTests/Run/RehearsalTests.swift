import Coordinator
import DifferentialPrivacy
import FederatedProtocol
@testable import Fleet
import Logging
import PrivacyLedger
import Recommender
import RoundFixtures
import Simulation
import Sodium
import Testing

/// A coordinator with its store in a folder, and a fleet at it.
private struct Scene {
    let coordinator: PopulationCoordinator
    let scenario: Scenario
    private let running: Task<Void, Never>

    init(_ yaml: String, folder: ScratchFolder, isRehearsal: Bool) async throws {
        scenario = try Scenario(yaml: yaml, source: "test")
        let store = try await SQLiteStore.open(at: folder.path("coordinator.db"))
        let coordinator = try await PopulationCoordinator(
            configuration: CoordinatorConfiguration(
                replica: Replica(name: "one", url: ""), origin: "test.example/fleet",
                target: PrivacyTarget(
                    budget: try PrivacyBudget(epsilon: 10, delta: 1e-5), against: .coordinator),
                isRehearsal: isRehearsal, enrolment: .open,
                // Nothing waits this long where nobody is lost without a word.
                schedule: StepSchedule(
                    advertising: 100_000, sharing: 100_000, masking: 100_000, endorsing: 100_000,
                    unmasking: 100_000, poll: 20), gathering: 500,
                leaseMilliseconds: 600_000, checkInsPerSecond: 1000),
            store: store,
            key: try SigningKey(seed: SecretBytes([UInt8](repeating: 5, count: 32))),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        self.coordinator = coordinator
        running = Task { await coordinator.run() }
    }

    func stop() async {
        running.cancel()
        await running.value
    }

    /// Sets up the task once somebody leads.
    func createTask(devices: Int, items: Catalogue) async throws {
        var request = Covey_V1_CreateTaskRequest()
        request.name = "films"
        request.scenario = scenario.resolvedYAML
        request.devices = UInt64(devices)
        request.catalogue = try CatalogueLines.encode(items)
        while await !coordinator.readiness().isReady {
            try await Task.sleep(for: .milliseconds(50))
        }
        _ = try await coordinator.createTask(request)
    }
}

struct RehearsalTests {
    /// What a ledger says of its rounds, as far as it follows from the sums.
    private struct Told: Hashable {
        var round: Int
        var survivors: [Int]
        var modelAfter: [UInt8]
    }

    private static func told(_ entries: [LedgerEntry]) -> [Told] {
        var survivors: [Int: [Int]] = [:]
        return entries.compactMap { entry in
            switch entry.content {
            case .charge(let charge):
                survivors[charge.round] = charge.survivors
                return nil
            case .outcome(let outcome):
                guard case .completed(_, _, let model) = outcome.result else { return nil }
                return Told(
                    round: outcome.round, survivors: survivors[outcome.round] ?? [],
                    modelAfter: model)
            default: return nil
            }
        }
    }

    private static func yaml(_ algorithm: String) -> String {
        """
        seed: 11
        aggregation: real
        data: {users: 24, items: 60, meanHistoryLength: 12}
        algorithm: \(algorithm)
        privacy: {epsilon: 8, delta: 1e-5}
        cohort: {toleratedDropout: 0.4, colludingShare: 0.05}
        faults: {dropout: 0.15}
        evaluation: {withoutPrivacy: false}
        """
    }

    @Test(arguments: [
        yaml("{name: co-occurrence, dimensions: 4, keptItems: 40}"),
        yaml("{name: network, network: neumf, factors: 2, layers: 1, rounds: 2}"),
    ])
    func `a rehearsal gives the simulator's sums and figures`(yaml: String) async throws {
        let folder = try ScratchFolder()
        let scenario = try Scenario(yaml: yaml, source: "test")
        let simulation = try Simulation(scenario: scenario)
        let simulated = try await simulation.run(in: folder.path("simulated"))
        let ledger = try LedgerVerification(path: folder.path("simulated") + "/ledger.covey")

        let scene = try await Scene(yaml, folder: folder, isRehearsal: true)
        try await scene.createTask(devices: 24, items: simulation.items)
        var options = FleetOptions(
            coordinator: "http://127.0.0.1:1", folder: folder.path("fleet"), cap: 100)
        options.end = .task("films")
        let fleet = try Fleet(
            simulation: simulation, options: options, interruption: Interruption(),
            report: { _ in })
        let summary = try await fleet.run(over: EngineExchange(scene.coordinator))
        let bytes = try await scene.coordinator.ledger(from: 0)
        await scene.stop()

        let found = try LedgerVerification(bytes: bytes)
        #expect(Self.told(found.entries) == Self.told(ledger.entries))
        #expect(Self.told(found.entries).count == simulated.rounds.done)
        let quality = try #require(simulated.quality.private)
        #expect(
            summary.quality.first?.metrics == [
                "HR@10": quality.sampled.hitRate, "NDCG@10": quality.sampled.ndcg,
            ])
    }
}
