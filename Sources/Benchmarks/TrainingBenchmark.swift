import ArgumentParser
import Datasets
import Foundation
import Recommender
import Simulation

/// Simulated training rounds.
struct TrainingBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Device updates per second of processor time in federated averaging.",
        discussion: """
            64 dimensions, one local epoch, batches of 64, 4 negatives, no item biases, statistical \
            aggregation. With MovieLens-1M: --data PATH; else a synthetic population of the same \
            shape. scripts/simulation-peers measures pfl-research and Flower on the same work.
            """)

    /// A population of the shape of MovieLens-1M.
    private static var population: SyntheticPopulation {
        var population = SyntheticPopulation()
        population.users = 6040
        population.items = 3706
        population.meanHistoryLength = 165
        return population
    }

    @Option(help: "A data set; synthetic without.")
    var data: String?

    @Option(help: "Rounds to run.")
    var rounds = 200

    @Option(
        help: "Write the interactions to this file for other programs, and measure nothing.",
        completion: .file())
    var export: String?

    func run() async throws {
        if let export {
            try exportText().write(toFile: export, atomically: true, encoding: .utf8)
            return
        }
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
                overrides += [
                    "data.users=\(Self.population.users)", "data.items=\(Self.population.items)",
                    "data.meanHistoryLength=\(Self.population.meanHistoryLength)",
                ]
            }
            let scenario = try Scenario(yaml: "", source: "benchmark", overrides: overrides)
            let result = try await Simulation(scenario: scenario).run(in: folder.path)
            print(
                String(
                    format: "cohort %4d: %.0f device updates per CPU-second (whole rounds)", cohort,
                    result.training.updatesPerCPUSecond))
        }
    }

    /// Whole histories, a row for each interaction, with people and items as numbers; a data set that
    /// Covey reads, too.
    private func exportText() throws -> String {
        let interactions =
            if let data {
                try DatasetReader.read(path: data)
            } else {
                try Self.population.makeData()
            }
        var text = "user\titem\ttimestamp\n"
        for (number, user) in interactions.users.enumerated() {
            for interaction in user.history {
                text += "\(number)\t\(interaction.item)\t\(interaction.timestamp)\n"
            }
        }
        return text
    }
}
