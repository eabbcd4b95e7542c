import ArgumentParser
import CommandLineProgram
import FederatedProtocol

/// The command line for researchers and auditors.
struct Covey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "covey",
        abstract: "Train recommenders from behaviour that never leaves the device.",
        version: coveyVersion,
        subcommands: [
            Simulate.self, SweepCommand.self, Report.self, Keys.self, Train.self, Explore.self,
            PopulationCommand.self,
            Budget.self,
            Audit.self, Rank.self,
            Model.self,
        ])
}

@main
enum Main {
    static func main() async { await Covey.runProgram() }
}
