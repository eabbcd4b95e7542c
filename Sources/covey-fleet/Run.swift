import ArgumentParser
import CommandLineProgram
import Fleet
import Foundation
import PrivacyLedger
import Simulation

/// `covey-fleet run`: devices until the end of a task, of a time or of patience.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run devices, each with its own key, encrypted store and account.",
        discussion: """
            Every device keeps its history in its folder and takes part in rounds as an app would; \
            started again with the same folder, it goes on with what it has. Where the coordinator's \
            ledger is that of a rehearsal, the devices draw what 'covey simulate' draws, and the sums \
            are its sums, bit for bit. With COVEY_ADMINISTRATION_TOKEN set, the quality of the models is \
            reported to the coordinator.

            EXAMPLES
              covey-fleet --coordinator http://127.0.0.1:8080 --folder fleet --devices 200
              covey-fleet --coordinator https://covey.example --folder fleet --data ml-1m \\
                --tokens tokens.txt --ledger-key "$(cat ledger.pub)" --until-finished films
              covey-fleet --coordinator http://127.0.0.1:8080 --folder fleet \\
                --scenario simulations/quickstart.yaml --behaviours behaviours.yaml --for 10m --json
            """)

    @Option(help: ArgumentHelp("The coordinator.", valueName: "url"))
    var coordinator: String

    @Option(
        help: ArgumentHelp("Where the devices keep what they have.", valueName: "dir"),
        completion: .directory)
    var folder: String

    @Option(
        help: ArgumentHelp(
            "Whose histories the devices have: a data set, or 'synthetic'.", valueName: "path"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "A scenario (YAML) that says so, and how models are judged.", valueName: "file"))
    var scenario: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override a key of the scenario.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(
        help: ArgumentHelp("How many devices. Default: one for each person.", valueName: "count"))
    var devices: Int?

    @Option(
        help: ArgumentHelp("What devices do that honest ones do not (YAML).", valueName: "file"))
    var behaviours: String?

    @Option(
        help: ArgumentHelp(
            "The ledger's key. Default: the one that is seen first, from then on.", valueName: "key"
        ))
    var ledgerKey: String?

    @Option(
        help: ArgumentHelp(
            "One-time enrolment tokens, one a line, the first for the first device.",
            valueName: "file"))
    var tokens: String?

    @Option(
        help: ArgumentHelp(
            "The epsilon that no device's account may exceed.", valueName: "epsilon"))
    var cap = 10.0

    @Option(help: ArgumentHelp("Stop when this task has finished.", valueName: "task"))
    var untilFinished: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("Stop when devices have run for 90s, 10m, 2h.", valueName: "time"))
    var duration: String?

    @Option(help: ArgumentHelp("The most connections at once.", valueName: "count"))
    var connections = 32

    @Flag(help: "Print one JSON object with the result.")
    var json = false

    func validate() throws {
        guard data == nil || scenario == nil else {
            throw ValidationError("--data and --scenario both say what the devices have; give one.")
        }
        guard untilFinished == nil || duration == nil else {
            throw ValidationError("--until-finished and --for both say when to stop; give one.")
        }
        guard devices.map({ $0 > 0 }) ?? true, connections > 0, cap > 0 else {
            throw ValidationError("--devices, --connections and --cap take numbers above 0.")
        }
        if let duration, Duration(text: duration) == nil {
            throw ValidationError("--for takes a time such as 90s, 10m or 2h.")
        }
    }

    func run() async throws {
        let interruption = Interruption()
        let signal = InterruptSignal(
            raising: interruption,
            saying: "covey-fleet: the devices leave their rounds; again to stop at once")
        defer { signal.cancel() }
        let progress = FleetProgress()
        do {
            let options = try options()
            let simulation = try Simulation(
                scenario: try readScenario(), interruption: interruption)
            let fleet = try Fleet(
                simulation: simulation, options: options, interruption: interruption,
                report: { progress.note($0) })
            let count = devices ?? simulation.deviceCount
            for line in options.behaviours.summary(devices: count) { progress.note(line) }
            let drawing = Task { await progress.follow(fleet) }
            defer { drawing.cancel() }
            let summary = try await fleet.run()
            drawing.cancel()
            progress.clear()
            print(json ? try summary.jsonText : summary.text)
            if interruption.isRequested { throw ExitCode(130) }
        } catch let code as ExitCode {
            throw code
        } catch {
            progress.clear()
            if interruption.isRequested, error is CancellationError { throw ExitCode(130) }
            FileHandle.standardError.write(Data("covey-fleet: \(error)\n".utf8))
            throw ExitCode(interruption.isRequested ? 130 : 2)
        }
    }

    private func readScenario() throws -> Scenario {
        if let scenario { return try Scenario(path: scenario, overrides: overrides) }
        var all = overrides
        if let data { all.append("data.source=\(data)") }
        if let devices, data ?? "synthetic" == "synthetic",
            !overrides.contains(where: { $0.hasPrefix("data.users=") })
        {
            all.append("data.users=\(devices)")
        }
        return try Scenario(
            yaml: Scenario.quickstartYAML, source: "the quickstart", overrides: all)
    }

    private func options() throws -> FleetOptions {
        var options = FleetOptions(coordinator: coordinator, folder: folder, cap: cap)
        options.devices = devices
        options.connections = connections
        if let behaviours { options.behaviours = try FleetBehaviours(path: behaviours) }
        if let ledgerKey { options.ledgerKey = try VerificationKey(ledgerKey) }
        if let tokens { options.tokens = try FleetOptions.tokens(path: tokens) }
        if let untilFinished { options.end = .task(untilFinished) }
        if let duration = duration.flatMap(Duration.init(text:)) { options.end = .after(duration) }
        options.administratorToken =
            ProcessInfo.processInfo.environment["COVEY_ADMINISTRATION_TOKEN"]
        return options
    }
}

extension Duration {
    /// Reads 90s, 10m or 2h.
    init?(text: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Double(text.dropLast()),
            count > 0, count < 1e6
        else { return nil }
        self = .seconds(count * unit)
    }
}
