import ArgumentParser
import CommandLineProgram
import FederatedProtocol

/// The command line of simulated devices.
struct CoveyFleet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "covey-fleet",
        abstract: "Simulated devices that take part in a coordinator's rounds over the network.",
        version: coveyVersion, subcommands: [Run.self, Load.self], defaultSubcommand: Run.self)
}

@main
enum Main {
    static func main() async { await CoveyFleet.runProgram() }
}
