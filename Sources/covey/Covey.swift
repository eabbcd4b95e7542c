import ArgumentParser
import Foundation

/// The command line for researchers and auditors.
struct Covey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "covey",
        abstract: "Train recommenders from behaviour that never leaves the device.",
        version: "0.1.0",
        subcommands: [Simulate.self, Budget.self, Audit.self, Rank.self, Model.self])
}

@main
enum Main {
    /// Runs the command; bad usage ends with status 2, like any other bad input.
    static func main() async {
        do {
            var command = try Covey.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let code = Covey.exitCode(for: error)
            guard code == .validationFailure else { Covey.exit(withError: error) }
            FileHandle.standardError.write(Data((Covey.fullMessage(for: error) + "\n").utf8))
            exit(2)
        }
    }
}
