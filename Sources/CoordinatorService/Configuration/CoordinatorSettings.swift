package import Coordinator
internal import DifferentialPrivacy
internal import Foundation
package import Logging
internal import PrivacyLedger
internal import Simulation

/// Everything that an operator decides, read from a file, the environment and the command line.
package struct CoordinatorSettings: Sendable {
    /// How the coordinator is served.
    package var server: ServerConfiguration
    /// What the coordinator does. The replica has no name yet.
    package var coordinator: CoordinatorConfiguration
    /// Where it keeps everything.
    package var store: StoreLocation
    /// The file with the key that signs ledger and models.
    package var ledgerKeyFile: String
    /// The administrator's token, for those who make calls with it.
    package var administratorToken: String?
    /// What is logged.
    package var logLevel: Logger.Level
    /// All settings with their values as YAML, and which secrets are set.
    package var resolved: String

    /// Lays the layers over each other: flags over environment over file over standards.
    ///
    /// - Parameters:
    ///   - yaml: The configuration file's text.
    ///   - source: What messages call it.
    ///   - environment: All variables; those that begin with `COVEY_` must be settings or secrets.
    ///   - overrides: `key=value`, from flags.
    /// - Throws: ``Simulation/ScenarioError`` for keys and values, ``SecretFileError``,
    ///   ``SettingsError``.
    package init(
        yaml: String, source: String, environment: [String: String], overrides: [String]
    ) throws {
        var reader = try SettingsReader(yaml: yaml, source: source, overrides: [])
        try Self.lay(environment, over: &reader)
        for override in overrides { try reader.override(override) }

        server = try Self.readServer(&reader)
        server.url = try Self.readURL(&reader, server)
        let database = reader.text(.store, default: "coordinator.sqlite")
        let passwordFile = reader.text(.databasePasswordFile, default: "")
        let password = try ServerSecret.databasePassword.find(in: environment, file: passwordFile)
        let lease = try Self.readLease(&reader)
        store = try StoreLocation(database, password: password)
        ledgerKeyFile = reader.text(.ledgerKeyFile, default: "coordinator.key")
        coordinator = try Self.readCoordinator(
            &reader, replica: Replica(name: "", url: store.isShared ? server.url : ""),
            leaseMilliseconds: lease)
        administratorToken = try ServerSecret.administratorToken.find(
            in: environment, file: reader.text(.administrationTokenFile, default: ""))
        if let token = administratorToken {
            guard let administrator = AdministratorToken(token) else {
                throw SettingsError.shortToken
            }
            server.administrator = administrator
        }
        logLevel = try reader.choice(.logLevel, default: .info)
        try reader.rejectUnknownKeys()
        resolved =
            try reader.resolvedYAML()
                + """
                secrets:
                  administratorToken: \(administratorToken == nil ? "not set" : "set")
                  databasePassword: \(password == nil ? "not set" : "set")

                """
    }

    private static func lay(
        _ environment: [String: String], over reader: inout SettingsReader
    ) throws {
        let settings = Dictionary(
            uniqueKeysWithValues: ServerSetting.allCases.map { ($0.environmentName, $0) })
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix("COVEY_") && ServerSecret(rawValue: name) == nil {
            guard let setting = settings[name] else { throw SettingsError.unknownVariable(name) }
            reader.set(setting.rawValue, to: value, source: "the environment, \(name)")
        }
    }
}

/// Why settings cannot be used.
package enum SettingsError: Error, Equatable, CustomStringConvertible {
    /// An environment variable that is no setting.
    case unknownVariable(String)
    /// A token that could be guessed.
    case shortToken
    /// A setting that cannot be as it is.
    case invalid(key: String, reason: String)

    /// The cause and the remedy, in one line.
    package var description: String {
        switch self {
        case .unknownVariable(let name):
            "the environment, \(name): there is no such setting; 'covey-coordinator serve --help' "
                + "lists them"
        case .shortToken:
            "the administrator's token has fewer than \(AdministratorToken.minimumLength) "
                + "characters; 'openssl rand -hex 32' makes a good one"
        case .invalid(let key, let reason): "\(key): \(reason)"
        }
    }
}
