internal import Sodium

/// The store on a database, whichever it is: every statement stands here once.
///
/// The aspects of ``CoordinatorStore`` are in extensions: devices, tasks and rounds, ledger and
/// snapshots, changes, replicas, collections, archives.
final class SQLStore: CoordinatorStore {
    let database: MeasuredDatabase
    let enrolments: EnrolmentQueue

    /// A store on a database whose tables are there.
    init(_ database: any SQLDatabase) {
        self.database = MeasuredDatabase(database)
        enrolments = EnrolmentQueue(self.database)
    }

    var commitTimes: Latencies { database.commitTimes }

    /// Makes the tables, where they are missing or old, and a store on them; closes the database
    /// where that fails.
    static func migrating(_ database: any SQLDatabase) async throws -> SQLStore {
        do { try await database.write { try StoreSchema.migrate($0) } } catch {
            await database.close()
            throw error
        }
        return SQLStore(database)
    }

    func secret(_ name: String) async throws -> [UInt8] {
        let query = "SELECT bytes FROM secret WHERE name = $1"
        let stored = try await database.read { try $0.execute(query, SQLValue(name)).first }
        if let stored { return try stored.bytes(0) }
        var fresh = [UInt8](repeating: 0, count: 32)
        var randomness = SystemRandomness()
        randomness.fill(&fresh)
        return try await database.write { [fresh] connection in
            // Somebody else may have drawn one meanwhile: then theirs counts.
            try connection.execute(
                "INSERT INTO secret (name, bytes) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                SQLValue(name), SQLValue(fresh))
            guard let stored = try connection.execute(query, SQLValue(name)).first else {
                throw StoreError.damaged("a secret is missing that was just written")
            }
            return try stored.bytes(0)
        }
    }

    func check() async throws {
        try await database.write { connection in
            _ = try connection.execute(
                "UPDATE counter SET value = value + 1 WHERE name = 'checks'")
        }
    }

    func close() async { await database.close() }
}
