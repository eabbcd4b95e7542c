import ArgumentParser
import Foundation

/// The command line of simulated devices.
struct CoveyFleet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "covey-fleet",
        abstract: "Simulated devices that take part in a coordinator's rounds over the network.",
        version: "0.1.0", subcommands: [Run.self, Load.self], defaultSubcommand: Run.self)
}

@main
enum Main {
    /// Runs the command; bad usage ends with status 2, like any other bad input.
    static func main() async {
        do {
            var command = try CoveyFleet.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            let code = CoveyFleet.exitCode(for: error)
            guard code == .validationFailure else { CoveyFleet.exit(withError: error) }
            FileHandle.standardError.write(Data((CoveyFleet.fullMessage(for: error) + "\n").utf8))
            exit(2)
        }
    }
}
