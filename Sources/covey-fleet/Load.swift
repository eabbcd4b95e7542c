import ArgumentParser
import Fleet
import Foundation

/// `covey-fleet load`: measures a coordinator.
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how much a coordinator can take, as JSON.",
        discussion: """
            check-ins: enrolled devices check in at a fixed rate; latencies count from the moment that \
            a check-in was due. uploads: the devices take part in one round of a task that waits for \
            them, and send their masked inputs all at once. The devices are new and stay enrolled: every later \
            task counts on them. Never load a coordinator that real devices use.

            EXAMPLES
              covey-fleet load --coordinator http://127.0.0.1:8080 check-ins --rate 3000 --seconds 20
              covey-fleet load --coordinator http://127.0.0.1:8080 uploads --devices 64
            """)

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case checkIns = "check-ins"
        case uploads
    }

    @Option(help: ArgumentHelp("The coordinator.", valueName: "url"))
    var coordinator: String

    @Argument(help: "What to measure.")
    var kind: Kind

    @Option(help: ArgumentHelp("Check-ins a second.", valueName: "number"))
    var rate = 1000.0

    @Option(help: ArgumentHelp("For how long to check in.", valueName: "seconds"))
    var seconds = 10.0

    @Option(help: ArgumentHelp("Connections at once.", valueName: "count"))
    var connections = 64

    @Option(help: ArgumentHelp("How many devices.", valueName: "count"))
    var devices = 64

    @Option(help: ArgumentHelp("One-time enrolment tokens, one a line.", valueName: "file"))
    var tokens: String?

    func validate() throws {
        guard rate > 0, rate <= 1e6, seconds > 0, seconds <= 1e5, connections > 0, devices > 0
        else {
            throw ValidationError(
                "--rate, --seconds, --connections and --devices take numbers above 0.")
        }
    }

    func run() async throws {
        do {
            let tokens = try tokens.map { try FleetOptions.tokens(path: $0) } ?? []
            let report =
                switch kind {
                case .checkIns:
                    try await CheckInLoad(
                        coordinator: coordinator, rate: rate, duration: .seconds(seconds),
                        connections: connections, devices: devices, tokens: tokens
                    ).run()
                case .uploads:
                    try await UploadLoad(
                        coordinator: coordinator, connections: connections, devices: devices,
                        tokens: tokens
                    ).run()
                }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } catch {
            FileHandle.standardError.write(Data("covey-fleet: \(error)\n".utf8))
            throw ExitCode(2)
        }
    }
}
