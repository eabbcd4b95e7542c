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
    case limitsUpload = "limits.uploadMegabytes"
    case limitsCall = "limits.callKilobytes"
    case limitsIdle = "limits.idleSeconds"
    case limitsHandshake = "limits.handshakeSeconds"
    case limitsBody = "limits.bodySeconds"
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
        case .address: "the address to listen on; 0.0.0.0 for all of version 4"
        case .port: "the port to listen on; 0 for any that is free"
        case .url: "where devices and operators reach the coordinator"
        case .store: "a path (SQLite), or postgresql://user@host/database"
        case .enrolment: "who may enrol: token (one-time tokens) or open"
        case .rehearsal: "true: cohorts are those of covey simulate, and the ledger says so"
        case .databasePasswordFile: "a file with the database's password"
        case .ledgerOrigin: "the ledger's name, shop.example/recommender; holds for ever"
        case .ledgerKeyFile: "the key that signs ledger and models; made where there is none"
        case .ledgerEpsilon: "what all tasks together may spend of one user; holds for ever"
        case .ledgerDelta: "the delta of every epsilon; holds for ever"
        case .ledgerAgainst: "whom the budget limits: coordinator or observer; holds for ever"
        case .ledgerNeighbouring: "zeroOutOne or addOrRemoveOne; holds for ever"
        case .administrationTokenFile: "a file with the administrator's token"
        case .tlsCertificate: "the certificate chain, PEM; read anew when it changes"
        case .tlsKey: "its private key, PEM"
        case .operationsAddress: "an address for /metrics alone, health and readiness"
        case .operationsPort: "its port; 0 for none: they are at the other address"
        case .roundsAdvertising: "how long a round waits for keys"
        case .roundsSharing: "how long it waits for sealed shares"
        case .roundsMasking: "how long it waits for masked inputs"
        case .roundsEndorsing: "how long it waits for the committee's signatures"
        case .roundsUnmasking: "how long it waits for the shares that unmask the sum"
        case .roundsGathering: "how long a round waits for its devices to check in"
        case .roundsPoll: "the shortest time after which a device asks again"
        case .roundsCheckIns: "the check-ins to answer, by which devices are told to wait"
        case .limitsDevice: "requests a second of one device; 0 for no limit"
        case .limitsAddress: "requests a second of one client address; 0 for no limit"
        case .limitsConnections: "the most connections at one time"
        case .limitsUpload: "the memory for masked inputs under way"
        case .limitsCall: "the largest body of a device's call"
        case .limitsIdle: "how long a connection may be without a byte or a whole head"
        case .limitsHandshake: "how long a TLS handshake may take"
        case .limitsBody: "how long a body may take, beside a second for each 16 kB"
        case .limitsDrain: "how long a stopping coordinator goes on with its rounds"
        case .limitsProxies: "proxies whose X-Forwarded-For counts: 10.0.0.0/8, ::1"
        case .logLevel: "trace, debug, info, notice, warning, error or critical"
        }
    }
}
