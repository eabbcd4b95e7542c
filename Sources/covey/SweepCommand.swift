import ArgumentParser
import CommandLineProgram
import Foundation
import Recommender
import Simulation

/// `covey sweep`: one scenario with many settings.
struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Simulate a scenario with many settings, and compare the runs.",
        discussion: """
            A sweep is a YAML file:

              name: budgets
              scenario: ../movielens-1m.yaml   # beside this file; without, the defaults
              set:                             # for all runs
                evaluation.split: validation
              grid:                            # every combination
                privacy.epsilon: [1, 2, 4, 8]
                seed: [1, 2, 3]
              random:                          # drawn so often, beside the grid
                algorithm.decay: {from: 1, to: 10, scale: log}
              samples: 20
              race:                            # the better third goes on with more rounds
                {key: algorithm.rounds, values: [5, 15, 45], keep: 0.33, by: ndcg}

            Every run has a folder of its own. The same command goes on where it was stopped.

            EXAMPLES
              covey sweep simulations/sweeps/budgets.yaml
              covey sweep simulations/sweeps/rates.yaml --parallel 2 --output runs/rates
              covey sweep simulations/sweeps/budgets.yaml --dry-run
            """)

    @Argument(
        help: "The sweep (YAML).", completion: .file(extensions: ["yaml", "yml"]))
    var sweep: String

    @Option(
        help: ArgumentHelp("The folder of all runs. Default: runs/NAME.", valueName: "dir"),
        completion: .directory)
    var output: String?

    @Option(
        help: ArgumentHelp(
            "How many runs at once; the cores are divided among them.", valueName: "runs"))
    var parallel = ProcessInfo.processInfo.activeProcessorCount

    @Flag(help: "Print the results with their scenarios as JSON instead of tables.")
    var json = false

    @Flag(help: "List the runs. Nothing is run or written.")
    var dryRun = false

    func validate() throws {
        guard (1...1024).contains(parallel) else {
            throw ValidationError("--parallel takes a number from 1 to 1024.")
        }
    }

    func run() async throws {
        let interruption = Interruption()
        let source = InterruptSignal(
            raising: interruption,
            saying: "covey: stopping after these steps; press Ctrl-C again to stop at once")
        defer { source.cancel() }
        try await reporting {
            do {
                let sweep = try Sweep(path: sweep)
                guard !dryRun else { return sweep.firstRuns.forEach { print($0) } }
                let folder = output ?? "runs/\(sweep.name)"
                let records = try await sweep.run(
                    in: folder, lanes: parallel, interruption: interruption, observer: Self.show)
                let comparison = RunComparison(runs: records)
                try Report.write(comparison.html, to: folder + "/comparison.html")
                try Report.write(comparison.csv, to: folder + "/rounds.csv")
                print(
                    try json
                        ? String(decoding: comparison.json, as: UTF8.self)
                        : Report.text(of: comparison)
                            + "\n\ncomparison  \(folder)/comparison.html")
            } catch is Interrupted {
                Self.tell("covey: stopped; the same command goes on")
                throw ExitCode(130)
            }
        }
    }

    private static func show(_ event: SweepEvent) {
        switch event {
        case .rung(let number, let rungs, let runs):
            tell("rung \(number) of \(rungs): \(runs) runs")
        case .finished(let record, let wasThere, let done, let total):
            let quality = record.result.quality.private
            tell(
                "\(done)/\(total) \(record.name): "
                    + (wasThere ? "was there, " : "")
                    + "HR@\(quality?.cutoff ?? 10) \(TextTable.number(quality?.sampled.hitRate, 3)), "
                    + "NDCG \(TextTable.number(quality?.sampled.ndcg, 3)), epsilon "
                    + "\(TextTable.number(record.result.epsilon.coordinator, 2)), "
                    + "\(TextTable.number(record.result.seconds, 1)) s")
        }
    }

    private static func tell(_ line: String) {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }
}
