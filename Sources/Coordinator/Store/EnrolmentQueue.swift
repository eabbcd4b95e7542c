/// Enrols devices in groups: whoever asks while a transaction is under way shares the next one, and
/// its wait for the disk, with all others who do.
actor EnrolmentQueue {
    /// A device, and the time at which it asks.
    private typealias Request = (device: EnrolmentRequest, time: Int64)

    private struct Call {
        let requests: [Request]
        let continuation: CheckedContinuation<[EnrolmentResult], any Error>
    }

    /// How many requests share a transaction, unless a single call has more.
    private static let largestGroup = 512

    private let database: any SQLDatabase
    private var waiting: [Call] = []
    private var isWriting = false

    init(_ database: any SQLDatabase) { self.database = database }

    /// Enrols devices, as ``CoordinatorStore/enrol(_:at:)`` says.
    func enrol(_ devices: [EnrolmentRequest], at time: Int64) async throws -> [EnrolmentResult] {
        try await withCheckedThrowingContinuation { continuation in
            waiting.append(
                Call(requests: devices.map { ($0, time) }, continuation: continuation))
            guard !isWriting else { return }
            isWriting = true
            Task { await writeAll() }
        }
    }

    private func writeAll() async {
        while !waiting.isEmpty {
            let calls = nextGroup()
            let requests = calls.flatMap(\.requests)
            do {
                var results = try await database.write { try Self.enrol(requests, $0) }[...]
                for call in calls {
                    call.continuation.resume(returning: Array(results.prefix(call.requests.count)))
                    results = results.dropFirst(call.requests.count)
                }
            } catch {
                for call in calls { call.continuation.resume(throwing: error) }
            }
        }
        isWriting = false
    }

    private func nextGroup() -> [Call] {
        var size = 0
        let count = waiting.prefix { call in
            size += call.requests.count
            return size <= Self.largestGroup
        }.count
        defer { waiting.removeFirst(max(1, count)) }
        return Array(waiting.prefix(max(1, count)))
    }

    private static func enrol(
        _ requests: [Request], _ connection: any SQLConnection
    ) throws -> [EnrolmentResult] {
        // Whoever writes to the counter has it alone: numbers have no gaps, and a token is used once.
        let counter = try connection.execute(
            "UPDATE counter SET value = value WHERE name = 'devices' RETURNING value")
        guard let first = try counter.first?.number(0) else {
            throw StoreError.damaged("the number of enrolled devices is missing")
        }
        var known = try EnrolledDevice.find(requests.map(\.device.identity), connection)
        var expiries = try tokenExpiries(requests.compactMap(\.device.tokenHash), connection)
        var fresh: [EnrolledDevice] = []
        var used: [[UInt8]] = []
        let results = requests.map { device, time -> EnrolmentResult in
            if let known = known[device.identity] { return .enrolled(known) }
            if let token = device.tokenHash {
                guard let expiry = expiries.removeValue(forKey: token) else { return .tokenRefused }
                guard expiry > time else { return .tokenRefused }
                used.append(token)
            }
            let enrolled = EnrolledDevice(
                number: first + fresh.count, identity: device.identity, time: time)
            known[device.identity] = enrolled
            fresh.append(enrolled)
            return .enrolled(enrolled)
        }
        try connection.delete(
            from: "enrolment_token", where: "hash", in: used.map { SQLValue($0) })
        try connection.insert(
            into: "device", ["number", "identity", "enrolled"],
            fresh.map { [SQLValue($0.number), SQLValue($0.identity), SQLValue($0.time)] })
        try connection.execute(
            "UPDATE counter SET value = $1 WHERE name = 'devices'",
            SQLValue(first + fresh.count))
        return results
    }

    private static func tokenExpiries(
        _ hashes: [[UInt8]], _ connection: any SQLConnection
    ) throws -> [[UInt8]: Int64] {
        let rows = try connection.select(
            "hash, expiry", from: "enrolment_token", where: "hash", in: hashes.map { SQLValue($0) })
        return Dictionary(try rows.map { (try $0.bytes(0), try $0.integer(1)) }) { one, _ in one }
    }
}
