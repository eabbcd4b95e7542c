import ArgumentParser
import CommandLineProgram
import FederatedProtocol

/// The command line for those who run a coordinator.
struct CoveyCoordinator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "covey-coordinator",
        abstract: "Run the coordinator of a private federated recommender, and look after it.",
        discussion: """
            Settings come from a YAML file (--config), the environment (COVEY_…) and --set, the \
            later before the former; 'covey-coordinator help serve' lists them.

            EXAMPLES
              covey-coordinator --set ledger.origin=shop.example/recommender
              covey-coordinator task create simulations/movielens-1m.yaml --devices 6040
              covey-coordinator status
              covey-coordinator backup /var/backups/covey.backup --config coordinator.yaml
            """,
        version: coveyVersion,
        subcommands: [
            Serve.self, TaskCommand.self, Token.self, Model.self, Quality.self, Status.self,
            Backup.self, Restore.self,
        ],
        defaultSubcommand: Serve.self)
}

@main
enum Main {
    static func main() async { await CoveyCoordinator.runProgram() }
}
