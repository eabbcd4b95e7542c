extension SQLStore {
    func backUp(to path: String) async throws {
        try await database.readMoment { connection in
            let archive = try ArchiveWriter(path: path)
            for table in ArchivedTable.all {
                try connection.forEachRow(of: table.query) { try archive.append($0, of: table) }
            }
            try archive.finish()
        }
    }

    func restore(from path: String) async throws {
        try await database.write { connection in
            // Keeps others from enrolling and from writing to the ledger meanwhile.
            try connection.execute("UPDATE counter SET value = value")
            for table in ArchivedTable.all {
                let rows = try connection.execute("SELECT 1 FROM \(table.name) LIMIT 1")
                guard rows.isEmpty else { throw StoreError.notEmpty }
            }
            try ArchiveReader(path: path).forEachBlock { table, columns, rows in
                try connection.insert(into: table.name, columns, rows)
            }
            try Self.countAnew(connection, from: path)
        }
    }

    /// Sets the counters to what the tables hold, and checks that nothing is missing among it.
    private static func countAnew(_ connection: any SQLConnection, from path: String) throws {
        for (counter, count, end) in [
            ("devices", "SELECT count(*) FROM device", "SELECT max(number) + 1 FROM device"),
            (
                "ledger", "SELECT CAST(sum(length(bytes)) AS BIGINT) FROM ledger_chunk",
                "SELECT max(begins + length(bytes)) FROM ledger_chunk"
            ),
        ] {
            let rows = try connection.execute(
                """
                UPDATE counter SET value = coalesce((\(count)), 0) WHERE name = $1
                RETURNING value, coalesce((\(end)), 0)
                """, SQLValue(counter))
            guard let row = rows.first, try row.integer(0) == row.integer(1) else {
                throw StoreError.notABackup(path: path, reason: "some of its \(counter) is missing")
            }
        }
    }
}
