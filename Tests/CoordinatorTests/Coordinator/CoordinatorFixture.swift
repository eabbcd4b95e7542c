import Datasets
import DifferentialPrivacy
import FederatedProtocol
import Foundation
import Logging
import PrivacyLedger
import Recommender
import Simulation
import Sodium

@testable import Coordinator

/// A coordinator on a store, and the devices of a small synthetic population.
struct CoordinatorFixture {
    private static let seed = [UInt8](repeating: 9, count: 32)

    let scenario: Scenario
    let catalogue: Catalogue
    let devices: [DeviceInProcess]
    let catalogueLines: Data

    init(devices count: Int, scenario yaml: String) throws {
        scenario = try Scenario(
            yaml: yaml, source: "the test",
            overrides: ["data.users=\(count)", "data.items=60", "aggregation=real", "threads=1"])
        guard case .synthetic(let population) = scenario.source else {
            throw CocoaError(.coderInvalidValue)
        }
        let data = try population.makeData()
        catalogue = data.catalogue
        catalogueLines = try CatalogueLines.encode(data.catalogue)
        let holdouts = scenario.split.holdouts(of: data)
        devices = try holdouts.enumerated().map { [scenario, catalogue] number, holdout in
            try DeviceInProcess(
                number: number, scenario: scenario, data: holdout, catalogue: catalogue,
                devices: holdouts.count)
        }
    }

    static func configuration(
        rehearsal: Bool = false, enrolment: CoordinatorConfiguration.Enrolment = .open,
        replica: String = "one", step: Int = 60_000, masking: Int? = nil,
        epsilon: Double = 50, checkInsPerSecond: Double = 500
    ) throws -> CoordinatorConfiguration {
        CoordinatorConfiguration(
            replica: Replica(name: replica, url: "http://\(replica).example"),
            origin: "shop.example/recommender",
            target: PrivacyTarget(
                budget: try PrivacyBudget(epsilon: epsilon, delta: 1e-5), against: .coordinator),
            isRehearsal: rehearsal, enrolment: enrolment,
            schedule: StepSchedule(
                advertising: step, sharing: step, masking: masking ?? step, endorsing: step,
                unmasking: step, poll: 10), gathering: 500,
            leaseMilliseconds: 600_000, checkInsPerSecond: checkInsPerSecond)
    }

    func request(_ name: String) -> Covey_V1_CreateTaskRequest {
        var request = Covey_V1_CreateTaskRequest()
        request.name = name
        request.scenario = scenario.resolvedYAML
        request.devices = UInt64(devices.count)
        request.catalogue = catalogueLines
        return request
    }

    /// Waits until the coordinator leads.
    static func start(
        _ store: any CoordinatorStore, _ configuration: CoordinatorConfiguration,
        clock: CoordinatorClock = .system
    ) async throws -> (coordinator: PopulationCoordinator, run: Task<Void, Never>) {
        let coordinator = try await PopulationCoordinator(
            configuration: configuration, store: store,
            key: try SigningKey(seed: SecretBytes(seed)), clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let run = Task { await coordinator.run() }
        while await !coordinator.readiness().isReady {
            try await Task.sleep(for: .milliseconds(20))
        }
        return (coordinator, run)
    }
}
