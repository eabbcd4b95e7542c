import ArgumentParser

/// The command line for researchers and auditors.
@main
struct Covey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "covey",
        abstract: "Train recommenders from behaviour that never leaves the device.",
        version: "0.1.0",
        subcommands: [Simulate.self])
}
