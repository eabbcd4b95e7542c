/// A setting of a coordinator: a key of its configuration file, an environment variable, and a key of
/// the command line's `--set`.
package enum ServerSetting: String, CaseIterable, Sendable {
    case address
    case port
    case url
    case store
    case enrolment
    case rehearsal
    case databasePasswordFile = "database.passwordFile"
    case databaseLease = "database.leaseSeconds"
    case ledgerOrigin = "ledger.origin"
    case ledgerKeyFile = "ledger.keyFile"
    case ledgerEpsilon = "ledger.epsilon"
    case ledgerDelta = "ledger.delta"
    case ledgerAgainst = "ledger.against"
    case ledgerNeighbouring = "ledger.neighbouring"
    case administrationTokenFile = "administration.tokenFile"
    case tlsCertificate = "tls.certificate"
    case tlsKey = "tls.key"
    case operationsAddress = "operations.address"
    case operationsPort = "operations.port"
    case roundsAdvertising = "rounds.advertisingSeconds"
    case roundsSharing = "rounds.sharingSeconds"
    case roundsMasking = "rounds.maskingSeconds"
    case roundsEndorsing = "rounds.endorsingSeconds"
    case roundsUnmasking = "rounds.unmaskingSeconds"
    case roundsGathering = "rounds.gatheringSeconds"
    case roundsPoll = "rounds.pollMilliseconds"
    case roundsCheckIns = "rounds.checkInsPerSecond"
    case limitsDevice = "limits.requestsPerDevice"
    case limitsAddress = "limits.requestsPerAddress"
    case limitsConnections = "limits.connections"
    case limitsAddressConnections = "limits.connectionsPerAddress"
    case limitsUpload = "limits.uploadMegabytes"
    case limitsCallBodies = "limits.callBodiesMegabytes"
    case limitsDownload = "limits.downloadMegabytes"
    case limitsCall = "limits.callKilobytes"
    case limitsIdle = "limits.idleSeconds"
    case limitsHandshake = "limits.handshakeSeconds"
    case limitsBody = "limits.bodySeconds"
    case limitsWatched = "limits.watchedSeconds"
    case limitsDrain = "limits.drainSeconds"
    case limitsProxies = "limits.trustedProxies"
    case logLevel = "log.level"

    /// The environment variable: `COVEY_LEDGER_KEY_FILE` for `ledger.keyFile`.
    package var environmentName: String {
        rawValue.reduce(into: "COVEY_") { name, character in
            if character == "." {
                name += "_"
            } else {
                if character.isUppercase { name += "_" }
                name += character.uppercased()
            }
        }
    }

    /// What it says, with its values.
    package var meaning: String {
        switch self {
        case .address: "the address to listen on; 0.0.0.0 for all"
        case .port: "the port to listen on; 0 for any that is free"
        case .url: "where others reach the coordinator"
        case .store: "a path (SQLite), or postgresql://user@host/name"
        case .enrolment: "who may enrol: token (one-time tokens) or open"
        case .rehearsal: "true: cohorts are the simulator's; for ever"
        case .databasePasswordFile: "a file with the database's password"
        case .databaseLease: "how long a silent leader leads; then another does"
        case .ledgerOrigin: "the ledger's name; holds for ever"
        case .ledgerKeyFile: "signs ledger and models; made where it is missing"
        case .ledgerEpsilon: "what all tasks may spend of one user; for ever"
        case .ledgerDelta: "the delta of every epsilon; for ever"
        case .ledgerAgainst: "whom it limits: coordinator or observer; for ever"
        case .ledgerNeighbouring: "zeroOutOne or addOrRemoveOne; for ever"
        case .administrationTokenFile: "a file with the administrator's token"
        case .tlsCertificate: "the certificate chain, PEM; read when it changes"
        case .tlsKey: "its private key, PEM"
        case .operationsAddress: "an address for /metrics, health and readiness"
        case .operationsPort: "its port; 0: they are at the other address"
        case .roundsAdvertising: "how long a round waits for keys"
        case .roundsSharing: "how long for sealed shares"
        case .roundsMasking: "how long for masked inputs"
        case .roundsEndorsing: "how long for the committee's signatures"
        case .roundsUnmasking: "how long for the shares that unmask the sum"
        case .roundsGathering: "how long it waits for devices to check in"
        case .roundsPoll: "the shortest wait of a device that asks again"
        case .roundsCheckIns: "check-ins to answer; waits follow from it"
        case .limitsDevice: "requests a second of one device; 0 for no limit"
        case .limitsAddress: "the same of one client address"
        case .limitsConnections: "the most connections at one time"
        case .limitsAddressConnections: "the same of one client address; 0 for no limit"
        case .limitsUpload: "the memory for masked inputs under way"
        case .limitsCallBodies: "the memory for bodies of calls under way"
        case .limitsDownload: "the memory for models and ledgers being sent"
        case .limitsCall: "the largest body of a device's call"
        case .limitsIdle: "how long without a byte, or a whole head"
        case .limitsHandshake: "how long a TLS handshake may take"
        case .limitsBody: "how long a body or an answer takes, and 1 s/16 kB"
        case .limitsWatched: "how old pages, metrics and readiness may be"
        case .limitsDrain: "how long rounds go on after a signal to stop"
        case .limitsProxies: "whose X-Forwarded-For counts: 10.0.0.0/8, ::1"
        case .logLevel: "debug, info, notice, warning or error"
        }
    }
}
