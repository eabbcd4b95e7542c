import Foundation
import PrivacyLedger
import Simulation
import Testing

/// Simulations divided among processes, as `mpirun` starts them. Needs `mpirun`, and tests that were built
/// with the trait `MPI`, as `scripts/test` does where MPI is installed.
@Suite(.serialized, .enabled(if: MPILauncher.isThere, "needs MPI: install libopenmpi-dev"))
struct ProcessGroupTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func content(_ name: String, _ file: String) throws -> Data {
        try Data(contentsOf: folder.appending(path: name).appending(path: file))
    }

    /// Federated averaging, whose devices keep parameters of their own.
    private static let settings = [
        "data.users=90", "data.items=60", "data.meanHistoryLength=20", "privacy.epsilon=20",
        "algorithm.name=federated-averaging", "algorithm.rounds=6", "algorithm.dimensions=8",
        "cohort.selection=rotation", "cohort.size=60", "evaluation.every=3", "faults.dropout=0.1",
        "cohort.toleratedDropout=0.4",
    ]

    /// Long enough to be stopped on the way.
    private static let longer = [
        "aggregation=statistical", "algorithm.rounds=400", "data.users=600", "cohort.size=300",
        "evaluation.every=100",
    ]

    @Test(arguments: ["statistical", "ideal"])
    func `any number of processes gives the same bytes`(aggregation: String) throws {
        let settings = Self.settings + ["aggregation=\(aggregation)"]
        for count in [1, 2, 4] {
            let run = try MPILauncher.simulate(
                processes: count, settings, ["--output", path("\(count)"), "--json"])
            #expect(run.status == 0, "\(run.errors)")
            let result = try JSONDecoder().decode(
                SimulationResult.self, from: Data(run.output.utf8))
            #expect(result.quality.nonPrivate != nil)
        }
        for count in [2, 4] {
            for file in ["metrics.jsonl", "ledger.covey", "model.covey"] {
                #expect(try content("\(count)", file) == content("1", file))
            }
            #expect(!FileManager.default.fileExists(atPath: path("\(count)") + "/devices.covey"))
        }
    }

    @Test func `a lost process ends the others, and more of them go on where they stopped`() throws
    {
        let settings = Self.settings + Self.longer
        _ = try MPILauncher.simulate(processes: 1, settings, ["--output", path("whole")])
        let lost = try MPILauncher.simulate(
            processes: 2, settings, ["--output", path("lost")],
            killingOneAfter: folder.appending(path: "lost/ledger.covey"))
        #expect(lost.status != 0)
        let resumed = try MPILauncher.simulate(processes: 4, [], ["--resume", path("lost")])
        #expect(resumed.status == 0, "\(resumed.errors)")
        // The ledger is signed once more where it goes on.
        for file in ["metrics.jsonl", "model.covey"] {
            #expect(try content("lost", file) == content("whole", file))
        }
        #expect(try LedgerVerification(path: path("lost") + "/ledger.covey").findings.isEmpty)
    }

    @Test func `all stop where one is told to, and fewer of them go on`() throws {
        let settings = Self.settings + Self.longer
        _ = try MPILauncher.simulate(processes: 1, settings, ["--output", path("whole")])
        _ = try MPILauncher.simulate(
            processes: 4, settings, ["--output", path("stopped")],
            interruptingAfter: folder.appending(path: "stopped/ledger.covey"))
        let resumed = try MPILauncher.simulate(processes: 1, [], ["--resume", path("stopped")])
        #expect(resumed.status == 0, "\(resumed.errors)")
        for file in ["metrics.jsonl", "ledger.covey", "model.covey"] {
            #expect(try content("stopped", file) == content("whole", file))
        }
    }

    @Test func `what does not work with several processes is said`() throws {
        let real = try MPILauncher.simulate(
            processes: 2, Self.settings + ["aggregation=real"], ["--output", path("real")])
        #expect(real.status != 0 && real.errors.contains("several processes take 'ideal'"))
        let nowhere = try MPILauncher.simulate(processes: 2, Self.settings, [])
        #expect(nowhere.status != 0 && nowhere.errors.contains("need one --output"))
    }
}
