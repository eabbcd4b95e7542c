import ArgumentParser
import CommandLineProgram
import Foundation
import Simulation

/// `covey simulate`: a federated training with every device simulated.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulate a private federated training and report what it reached and spent.",
        discussion: """
            Every simulated device keeps its history to itself; its contribution is clipped, noised \
            and, with 'aggregation: real', masked on the device. Without a scenario, a built-in \
            population is trained on.

            EXAMPLES
              covey simulate
              covey simulate simulations/movielens-1m.yaml --set data.source=data/ml-1m
              covey simulate --set privacy.epsilon=2 --set faults.dropout=0.05 --json
              covey simulate simulations/quickstart.yaml --dry-run
              covey simulate --resume runs/quickstart

            SEVERAL PROCESSES, on one machine or many, in a program built with '--traits MPI'; the result \
            is the same, bit for bit, for any number of them:
              mpirun -np 4 covey simulate simulations/movielens-1m-fedavg.yaml --output runs/four
            """)

    @Argument(
        help: "The scenario file (YAML). Without it, the built-in quickstart.",
        completion: .file(extensions: ["yaml", "yml"]))
    var scenario: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Override a key of the scenario; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(
        help: ArgumentHelp(
            "The folder for metrics, ledger, model and report. Default: runs/NAME-DATE-TIME.",
            valueName: "dir"), completion: .directory)
    var output: String?

    @Option(
        help: ArgumentHelp("Go on with a run that was stopped.", valueName: "dir"),
        completion: .directory)
    var resume: String?

    @Flag(help: "Print one JSON object with the result instead of the table.")
    var json = false

    @Flag(help: "Print the plan: rounds, traffic, noise and privacy. Nothing is run or written.")
    var dryRun = false

    func validate() throws {
        guard resume == nil || (scenario == nil && overrides.isEmpty && output == nil && !dryRun)
        else {
            throw ValidationError(
                "--resume goes on with a run as it was; it takes no scenario, --set, --output or "
                    + "--dry-run.")
        }
    }

    func run() async throws {
        let interruption = Interruption()
        let progress = ProgressDisplay()
        var processes = ProcessGroup.alone
        defer { processes.leave() }
        let source = InterruptSignal(
            raising: interruption,
            saying: "covey: stopping after this step; press Ctrl-C again to stop at once")
        defer { source.cancel() }
        do {
            processes = try ProcessGroup.joined()
            let scenario = try readScenario()
            let isFirst = processes.isFirst
            guard processes.count == 1 || dryRun || resume ?? output != nil else {
                throw ValidationError(
                    "several processes need one --output or --resume for all of them")
            }
            let simulation = try Simulation(
                scenario: scenario, processes: processes, interruption: interruption,
                observer: { if isFirst { progress.show($0) } })
            if dryRun {
                progress.clear()
                guard isFirst else { return }
                let plan = try simulation.plan()
                print(json ? try jsonText(plan) : PlanTable(plan: plan).text)
                return
            }
            let result = try await simulation.run(
                in: resume ?? output ?? Self.defaultFolder(for: scenario.name),
                resuming: resume != nil)
            progress.clear()
            if isFirst {
                print(
                    json ? String(decoding: result.json, as: UTF8.self) : ResultTable(result).text)
            }
            if result.status == .interrupted { throw ExitCode(130) }
        } catch let code as ExitCode {
            throw code
        } catch {
            progress.clear()
            FileHandle.standardError.write(Data("covey: \(error)\n".utf8))
            processes.abort()
            throw ExitCode(2)
        }
    }

    private func readScenario() throws -> Scenario {
        if let resume { return try Scenario(path: resume + "/scenario.yaml") }
        return try Scenario(argument: scenario, overrides: overrides)
    }

    private static func defaultFolder(for name: String) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyyMMdd-HHmmss"
        return "runs/\(name)-\(formatter.string(from: Date()))"
    }
}
