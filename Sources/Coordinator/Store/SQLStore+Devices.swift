extension SQLStore {
    func enrol(
        _ requests: [EnrolmentRequest], at time: Int64
    ) async throws -> [EnrolmentResult] {
        // Those that are enrolled already, which ask anew for every bearer token, cost no write.
        let known = try await database.read {
            try EnrolledDevice.find(requests.map(\.identity), $0)
        }
        let results = requests.compactMap { known[$0.identity].map(EnrolmentResult.enrolled) }
        if results.count == requests.count { return results }
        return try await enrolments.enrol(requests, at: time)
    }

    func devices(from first: Int, limit: Int) async throws -> [EnrolledDevice] {
        try await database.read { connection in
            try connection.execute(
                """
                SELECT number, identity, enrolled FROM device WHERE number >= $1
                ORDER BY number LIMIT $2
                """, SQLValue(first), SQLValue(max(0, limit))
            ).map { try EnrolledDevice(row: $0) }
        }
    }

    func device(_ identity: [UInt8]) async throws -> EnrolledDevice? {
        try await database.read { try EnrolledDevice.find([identity], $0)[identity] }
    }

    func addEnrolmentTokens(hashes: [[UInt8]], expiry: Int64) async throws {
        try await database.write { connection in
            try connection.insert(
                into: "enrolment_token", ["hash", "expiry"],
                hashes.map { [SQLValue($0), SQLValue(expiry)] },
                conflict: " ON CONFLICT (hash) DO NOTHING")
        }
    }
}

extension EnrolledDevice {
    /// The enrolled ones among `identities`.
    static func find(
        _ identities: [[UInt8]], _ connection: any SQLConnection
    ) throws -> [[UInt8]: EnrolledDevice] {
        let rows = try connection.select(
            "number, identity, enrolled", from: "device", where: "identity",
            in: identities.map { SQLValue($0) })
        let devices = try rows.map { try EnrolledDevice(row: $0) }
        return Dictionary(devices.map { ($0.identity, $0) }) { first, _ in first }
    }

    init(row: SQLRow) throws(StoreError) {
        try self.init(number: row.number(0), identity: row.bytes(1), time: row.integer(2))
    }
}
