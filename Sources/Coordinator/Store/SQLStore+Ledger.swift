extension SQLStore {
    func ledger(from offset: Int) async throws -> [UInt8] {
        let offset = max(0, offset)
        return try await database.read { connection in
            // From the chunk on in which the offset lies; all of it in one statement, at one moment.
            let rows = try connection.execute(
                """
                SELECT begins, bytes FROM ledger_chunk WHERE begins >= coalesce(
                    (SELECT max(begins) FROM ledger_chunk WHERE begins <= $1), 0)
                ORDER BY begins
                """, SQLValue(offset))
            guard let start = try rows.first?.number(0) else { return [] }
            guard start <= offset else {
                throw StoreError.damaged("the ledger's bytes before \(start) are missing")
            }
            var bytes: [UInt8] = []
            for row in rows {
                let begins = try row.number(0)
                guard begins == start + bytes.count else {
                    throw StoreError.damaged("the ledger has a gap before byte \(begins)")
                }
                bytes += try row.bytes(1)
            }
            return Array(bytes.dropFirst(offset - start))
        }
    }

    func snapshotByteCount(_ hash: [UInt8]) async throws -> Int? {
        try await database.read { connection in
            try connection.execute(
                "SELECT CAST(length(bytes) AS BIGINT) FROM snapshot WHERE hash = $1",
                SQLValue(hash)
            ).first?.number(0)
        }
    }

    func snapshot(_ hash: [UInt8]) async throws -> [UInt8]? {
        try await database.read { connection in
            try connection.execute(
                "SELECT bytes FROM snapshot WHERE hash = $1", SQLValue(hash)
            ).first?.bytes(0)
        }
    }
}
