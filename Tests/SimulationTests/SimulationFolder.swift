import Foundation
import PrivacyLedger
import Recommender
import Simulation

/// A folder for the runs of a test, of small populations with many events each, so that a run takes a second.
struct SimulationFolder {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    /// What the settings of a run are laid over.
    private let yaml: String

    init(yaml: String = Self.averaging) { self.yaml = yaml }

    private static let averaging = """
        data:
          users: 120
          items: 60
          meanHistoryLength: 20
        privacy:
          epsilon: 20
        algorithm:
          name: federated-averaging
          dimensions: 8
          rounds: 8
        evaluation:
          withoutPrivacy: false
          every: 4
        cohort:
          toleratedDropout: 0.4
        """

    func path(_ name: String) -> String { folder.appending(path: name).path }

    @discardableResult func run(
        _ name: String, _ overrides: [String], resuming: Bool = false,
        interruption: Interruption = Interruption(),
        observer: @escaping SimulationObserver = { _ in }
    ) async throws -> SimulationResult {
        let scenario = try Scenario(yaml: yaml, source: "test", overrides: overrides)
        return try await Simulation(
            scenario: scenario, interruption: interruption, observer: observer
        ).run(in: path(name), resuming: resuming)
    }

    func content(_ name: String, _ file: String) throws -> Data {
        try Data(contentsOf: URL(filePath: path(name) + "/" + file))
    }

    func metrics(_ name: String) throws -> [RoundMetrics] {
        try content(name, "metrics.jsonl").split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(RoundMetrics.self, from: $0)
        }
    }

    /// What an outsider finds in a run's ledger.
    func findings(_ name: String) throws -> [LedgerFinding] {
        try LedgerVerification(path: path(name) + "/ledger.covey").findings
    }
}
