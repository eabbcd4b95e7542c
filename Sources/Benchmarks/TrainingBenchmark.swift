import ArgumentParser
import Foundation
import Simulation

/// Simulated training rounds.
struct TrainingBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Device updates per second of processor time in federated averaging.",
        discussion: """
            64 dimensions, one local epoch, batches of 64, 4 negatives, no item biases, statistical \
            aggregation. With MovieLens-1M: --data PATH; else a synthetic population of the same \
            shape.
            """)

    @Option(help: "A data set; synthetic without.")
    var data: String?

    @Option(help: "Rounds to run.")
    var rounds = 200

    func run() async throws {
        for cohort in [100, 1000] {
            let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
            defer { try? FileManager.default.removeItem(at: folder) }
            var overrides = [
                "algorithm.name=federated-averaging", "algorithm.dimensions=64",
                "algorithm.rounds=\(rounds)", "algorithm.batchSize=64", "algorithm.negatives=4",
                "algorithm.userEpochs=0", "algorithm.itemBias=false",
                "cohort.selection=rotation", "cohort.size=\(cohort)", "privacy.epsilon=8",
                "evaluation.every=1000000", "evaluation.withoutPrivacy=false", "threads=1",
            ]
            if let data {
                overrides.append("data.source=\(data)")
            } else {
                overrides += ["data.users=6040", "data.items=3706", "data.meanHistoryLength=165"]
            }
            let scenario = try Scenario(yaml: "", source: "benchmark", overrides: overrides)
            let result = try await Simulation(scenario: scenario).run(in: folder.path)
            print(
                String(
                    format: "cohort %4d: %.0f device updates per CPU-second (whole rounds)", cohort,
                    result.training.updatesPerCPUSecond))
        }
    }
}
