extension SQLStore {
    /// How long the rests of a sum are kept that nobody forgot, in milliseconds.
    private static let longestCollection: Int64 = 24 * 3600 * 1000

    func reportCollected(_ count: Int, session: [UInt8], replica: String) async throws {
        try await database.write { connection in
            _ = try connection.execute(
                """
                INSERT INTO collected (session, replica, vectors, written) VALUES ($1, $2, $3, $4)
                ON CONFLICT (session, replica) DO UPDATE SET
                    vectors = excluded.vectors, written = excluded.written
                """, SQLValue(session), SQLValue(replica), SQLValue(count),
                SQLValue(connection.now()))
        }
    }

    func collected(session: [UInt8]) async throws -> [String: Int] {
        try await database.read { connection in
            let rows = try connection.execute(
                "SELECT replica, vectors FROM collected WHERE session = $1", SQLValue(session))
            return Dictionary(try rows.map { (try $0.text(0), try $0.number(1)) }) { one, _ in one }
        }
    }

    func closeCollection(session: [UInt8]) async throws {
        try await database.write { connection in
            _ = try connection.execute(
                """
                INSERT INTO closed_collection (session, written) VALUES ($1, $2)
                ON CONFLICT (session) DO NOTHING
                """, SQLValue(session), SQLValue(connection.now()))
        }
    }

    func isCollectionClosed(session: [UInt8]) async throws -> Bool {
        try await database.read { connection in
            try !connection.execute(
                "SELECT session FROM closed_collection WHERE session = $1", SQLValue(session)
            ).isEmpty
        }
    }

    func handIn(_ partial: PartialSum) async throws {
        try await database.write { connection in
            _ = try connection.execute(
                """
                INSERT INTO partial_sum (session, replica, inclusions, packed, written)
                VALUES ($1, $2, $3, $4, $5) ON CONFLICT (session, replica) DO NOTHING
                """, SQLValue(partial.session), SQLValue(partial.replica),
                SQLValue(partial.inclusions), SQLValue(partial.packed), SQLValue(connection.now()))
        }
    }

    func partialSums(session: [UInt8]) async throws -> [PartialSum] {
        try await database.read { connection in
            try connection.execute(
                "SELECT replica, inclusions, packed FROM partial_sum WHERE session = $1",
                SQLValue(session)
            ).map {
                try PartialSum(
                    session: session, replica: $0.text(0), inclusions: $0.inclusions(1),
                    packed: $0.bytes(2))
            }
        }.sorted { $0.replica < $1.replica }
    }

    func forgetCollection(session: [UInt8]) async throws {
        try await database.write { connection in
            let oldest = try connection.now() - Self.longestCollection
            for table in ["collected", "closed_collection", "partial_sum"] {
                try connection.execute(
                    "DELETE FROM \(table) WHERE session = $1 OR written < $2", SQLValue(session),
                    SQLValue(oldest))
            }
        }
    }
}
