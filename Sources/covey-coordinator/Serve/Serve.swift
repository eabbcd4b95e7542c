import ArgumentParser
import Coordinator
import CoordinatorService
import Foundation
import Logging
import PrivacyLedger
import ServiceLifecycle
import Sodium

/// `covey-coordinator serve`: the server itself.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the coordinator until it is told to stop.",
        discussion: """
            SIGTERM and SIGINT stop it: no round begins any more, those under way are finished or \
            abandoned within limits.drainSeconds. A second signal ends it at once. SIGHUP has it \
            read its certificate again.

            Secrets are never flags: the administrator's token is in COVEY_ADMINISTRATION_TOKEN or \
            administration.tokenFile, the database's password in COVEY_DATABASE_PASSWORD or \
            database.passwordFile.

            EXAMPLES
              covey-coordinator serve --set ledger.origin=shop.example/recommender
              covey-coordinator serve --config coordinator.yaml --check-config
              COVEY_PORT=9000 covey-coordinator serve --config coordinator.yaml

            SETTINGS (each also as an environment variable: log.level is COVEY_LOG_LEVEL)
            \(ServerSetting.allCases.map { setting in
                "  " + setting.rawValue.padding(toLength: 29, withPad: " ", startingAt: 0)
                    + setting.meaning
            }.joined(separator: "\n"))
            """)

    @OptionGroup var options: SettingsOptions

    @Option(help: "The address to listen on.")
    var address: String?

    @Option(help: "The port to listen on.")
    var port: Int?

    @Option(help: "The path of the store, or postgresql://user@host/database.")
    var store: String?

    @Flag(help: "Print all settings with their values, and whether they can be used. Runs nothing.")
    var checkConfig = false

    func run() async throws {
        try await reporting {
            let settings = try options.read(
                flags: [
                    address.map { "address=\($0)" }, port.map { "port=\($0)" },
                    store.map { "store=\($0)" },
                ].compactMap { $0 })
            if checkConfig { print(settings.resolved, terminator: "") }
            try settings.validate()
            if !checkConfig { try await serve(settings) }
        }
    }

    private func serve(_ settings: CoordinatorSettings) async throws {
        let logger = Logger(label: "covey") { _ in JSONLogHandler(logLevel: settings.logLevel) }
        if settings.administratorToken == nil {
            logger.warning(
                "nobody can administrate this coordinator",
                metadata: ["remedy": "set \(ServerSecret.administratorToken.rawValue)"])
        }
        try await settings.server.checkPorts()
        let store = try await settings.store.open()
        do {
            let key = try await settings.readKey(for: store)
            let coordinator = try await PopulationCoordinator(
                configuration: settings.namedConfiguration(), store: store, key: key,
                logger: logger)
            let server = CoordinatorServer(
                configuration: settings.server, calls: coordinator, logger: logger,
                drain: { await coordinator.drain(within: $0) },
                onListening: { port in logger.info("serving", metadata: ["port": "\(port)"]) })
            try await ServingProcess(coordinator: coordinator, server: server, logger: logger)
                .run()
        } catch {
            await store.close()
            if case LedgerError.otherKey = error {
                throw SettingsError.invalid(
                    key: "ledger.keyFile",
                    reason: "the key in \(settings.ledgerKeyFile) is not the one that signed the "
                        + "store's ledger; name the file with that key")
            }
            throw error
        }
        await store.close()
    }
}
