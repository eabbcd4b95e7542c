internal import Coordinator
internal import DifferentialPrivacy
internal import FederatedProtocol
internal import Foundation
internal import PrivacyLedger
internal import Simulation

extension CoordinatorSettings {
    static func readServer(_ reader: inout SettingsReader) throws -> ServerConfiguration {
        var server = ServerConfiguration()
        server.address = reader.text(.address, default: server.address)
        server.port = try reader.integer(.port, default: server.port, in: 0...65_535)
        let certificate = reader.text(.tlsCertificate, default: "")
        let key = reader.text(.tlsKey, default: "")
        guard certificate.isEmpty == key.isEmpty else {
            throw SettingsError.invalid(
                key: "tls", reason: "certificate and key go together; one of them is missing")
        }
        if !certificate.isEmpty { server.tls = .init(certificate: certificate, key: key) }
        let operations = (
            address: reader.text(.operationsAddress, default: "127.0.0.1"),
            port: try reader.integer(.operationsPort, default: 0, in: 0...65_535)
        )
        if operations.port > 0 {
            server.operations = .init(address: operations.address, port: operations.port)
        }
        server.limits = try readLimits(&reader)
        return server
    }

    private static func readLimits(_ reader: inout SettingsReader) throws -> ServiceLimits {
        var limits = ServiceLimits()
        limits.requestsPerDevice = try reader.number(
            .limitsDevice, default: limits.requestsPerDevice, in: 0...1e9)
        limits.requestsPerAddress = try reader.number(
            .limitsAddress, default: limits.requestsPerAddress, in: 0...1e9)
        limits.connections = try reader.integer(
            .limitsConnections, default: limits.connections, in: 1...10_000_000)
        limits.connectionsPerAddress = try reader.integer(
            .limitsAddressConnections, default: limits.connectionsPerAddress, in: 0...10_000_000)
        limits.uploadBytes = try reader.megabytes(.limitsUpload, default: limits.uploadBytes)
        limits.callBodyBytes = try reader.megabytes(
            .limitsCallBodies, default: limits.callBodyBytes)
        limits.downloadBytes = try reader.megabytes(.limitsDownload, default: limits.downloadBytes)
        limits.callBytes =
            try reader.integer(.limitsCall, default: limits.callBytes >> 10, in: 16...1 << 20) << 10
        limits.idle = try reader.seconds(.limitsIdle, default: limits.idle)
        limits.handshake = try reader.seconds(.limitsHandshake, default: limits.handshake)
        limits.body = try reader.seconds(.limitsBody, default: limits.body)
        limits.watchedAge = .seconds(
            try reader.number(
                .limitsWatched, default: limits.watchedAge / .seconds(1), in: 0...60))
        limits.drain = try reader.seconds(.limitsDrain, default: limits.drain)
        let proxies = reader.text(.limitsProxies, default: "")
        limits.trustedProxies = try proxies.split(separator: ",").map { text in
            guard let range = AddressRange(text.trimmed) else {
                throw SettingsError.invalid(
                    key: ServerSetting.limitsProxies.rawValue,
                    reason: "'\(text.trimmed)' is no address, and no range such as 10.0.0.0/8")
            }
            return range
        }
        return limits
    }

    /// The address by which others know the coordinator.
    static func readURL(
        _ reader: inout SettingsReader, _ server: ServerConfiguration
    ) throws -> String {
        let scheme = server.tls == nil ? "http" : "https"
        let host = server.address.contains(":") ? "[\(server.address)]" : server.address
        var url = reader.text(.url, default: "\(scheme)://\(host):\(server.port)")
        while url.hasSuffix("/") { url.removeLast() }
        guard let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme),
            parts.host?.isEmpty == false, parts.query == nil, parts.user == nil
        else {
            throw SettingsError.invalid(
                key: "url", reason: "expected https://host, with a port or path if need be")
        }
        return url
    }

    private enum Neighbouring: String, CaseIterable {
        case zeroOutOne, addOrRemoveOne

        var relation: NeighbouringRelation {
            switch self {
            case .zeroOutOne: .zeroOutOne
            case .addOrRemoveOne: .addOrRemoveOne
            }
        }
    }

    /// How long a leader leads without a word, in milliseconds; read with the database, so that the
    /// settings of a section stay together where they are written.
    static func readLease(_ reader: inout SettingsReader) throws -> Int {
        try reader.step(.databaseLease, default: 10_000, in: 0.5...3600)
    }

    static func readCoordinator(
        _ reader: inout SettingsReader, replica: Replica, leaseMilliseconds lease: Int
    ) throws -> CoordinatorConfiguration {
        let origin = reader.text(.ledgerOrigin, default: "")
        let budget = try PrivacyBudget(
            epsilon: try reader.number(.ledgerEpsilon, default: 4, in: 1e-3...100),
            delta: try reader.number(.ledgerDelta, default: 1e-5, in: 1e-15...0.1))
        let target = PrivacyTarget(
            budget: budget,
            against: try reader.choice(.ledgerAgainst, default: .coordinator))
        var configuration = CoordinatorConfiguration(
            replica: replica, origin: origin, target: target,
            neighbouring: try reader.choice(.ledgerNeighbouring, default: Neighbouring.zeroOutOne)
                .relation)
        configuration.isRehearsal = try reader.flag(.rehearsal, default: false)
        configuration.enrolment = try reader.choice(.enrolment, default: configuration.enrolment)
        let standard = configuration.schedule
        configuration.schedule = StepSchedule(
            advertising: try reader.step(.roundsAdvertising, default: standard.advertising),
            sharing: try reader.step(.roundsSharing, default: standard.sharing),
            masking: try reader.step(.roundsMasking, default: standard.masking),
            endorsing: try reader.step(.roundsEndorsing, default: standard.endorsing),
            unmasking: try reader.step(.roundsUnmasking, default: standard.unmasking),
            poll: try reader.integer(.roundsPoll, default: standard.poll, in: 1...60_000))
        configuration.gathering = try reader.step(
            .roundsGathering, default: configuration.gathering)
        configuration.leaseMilliseconds = lease
        configuration.checkInsPerSecond = try reader.number(
            .roundsCheckIns, default: configuration.checkInsPerSecond, in: 0.1...1e6)
        return configuration
    }
}

extension SettingsReader {
    mutating func text(_ setting: ServerSetting, default standard: String) -> String {
        text(setting.rawValue, default: standard)
    }

    mutating func integer(
        _ setting: ServerSetting, default standard: Int, in range: ClosedRange<Int>
    ) throws -> Int {
        try integer(setting.rawValue, default: standard, in: range)
    }

    mutating func number(
        _ setting: ServerSetting, default standard: Double, in range: ClosedRange<Double>
    ) throws -> Double {
        try number(setting.rawValue, default: standard, in: range)
    }

    mutating func flag(_ setting: ServerSetting, default standard: Bool) throws -> Bool {
        try flag(setting.rawValue, default: standard)
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ setting: ServerSetting, default standard: Choice
    ) throws -> Choice where Choice.RawValue == String {
        try choice(setting.rawValue, default: standard)
    }

    /// A size in megabytes, as bytes.
    fileprivate mutating func megabytes(
        _ setting: ServerSetting, default standard: Int
    ) throws -> Int { try integer(setting, default: standard >> 20, in: 1...1 << 20) << 20 }

    /// A time in seconds.
    mutating func seconds(
        _ setting: ServerSetting, default standard: Duration
    ) throws -> Duration {
        .seconds(try number(setting, default: standard / .seconds(1), in: 0.1...86_400))
    }

    /// A time in seconds, as milliseconds.
    fileprivate mutating func step(
        _ setting: ServerSetting, default milliseconds: Int,
        in range: ClosedRange<Double> = 0.001...86_400
    ) throws -> Int {
        let seconds = try number(setting, default: Double(milliseconds) / 1000, in: range)
        return Int((seconds * 1000).rounded())
    }
}
