import ArgumentParser
import Foundation
import PrivacyLedger
import Simulation

/// Simulated rounds with real cryptography, beside what their parts cost alone.
struct RoundBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rounds",
        abstract: "Rounds with real aggregation in the simulator, and the sum of their parts.",
        discussion: """
            Processor time of one thread. The parts: every step of the private sum at every device and at \
            the coordinator, as 'Benchmarks private-sum' measures them, and learning, server and ledger as \
            a statistical round has them. Signatures that all devices check alike are checked once in the \
            simulator, and are left out of the parts.

            Examples:
              Benchmarks rounds
              Benchmarks rounds --cohort 64 256 --items 400 --rounds 10
            """)

    @Option(parsing: .upToNextOption, help: "Devices in the cohort.")
    var cohort: [Int] = [64, 256]

    @Option(help: "Items; a vector has 17 coordinates for each.")
    var items = 800

    @Option(help: "Rounds to run.")
    var rounds = 5

    func run() async throws {
        let limits = PrivateSumLimits.measured()
        for cohort in cohort {
            let real = try await milliseconds(cohort, .real)
            let learning = try await milliseconds(cohort, .statistical)
            let parts = try PrivateSumMeasurement(
                cohort: cohort, length: items * 17, dropout: 0, colluding: 0.05, limits: limits)
            let checkedOnce = ["verify neighbours", "verify survivors"]
            let devices = parts.device.reduce(0) { sum, step in
                let count = step.name == "endorse" ? parts.committee : cohort
                return sum + step.milliseconds * Double(checkedOnce.contains(step.name) ? 1 : count)
            }
            let coordinator = parts.coordinator.reduce(0) { $0 + $1.milliseconds }
            let sum = devices + coordinator + learning
            print(
                String(
                    format:
                        "cohort %4d, %d coordinates: a round %.1f ms; devices %.1f, coordinator "
                        + "%.1f, learning and server %.1f ms; %.2f of their sum", cohort,
                    items * 17,
                    real, devices, coordinator, learning, real / sum))
        }
    }

    /// The processor time of a round.
    private func milliseconds(
        _ cohort: Int, _ aggregation: AggregationFidelity
    ) async throws -> Double {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let scenario = try Scenario(
            yaml: "", source: "benchmark",
            overrides: [
                "data.users=\(max(600, cohort))", "data.items=\(items)",
                "algorithm.name=federated-averaging", "algorithm.dimensions=16",
                "algorithm.rounds=\(rounds)", "cohort.selection=rotation",
                "cohort.size=\(cohort)", "aggregation=\(aggregation.rawValue)", "threads=1",
                "evaluation.every=1000000", "evaluation.withoutPrivacy=false",
            ])
        let result = try await Simulation(scenario: scenario).run(in: folder.path)
        return 1000 * result.training.cpuSeconds / Double(rounds)
    }
}
