internal import GRDB

extension SealedStore {
    /// Reads everything and notes what does not open or makes no sense.
    func checkIntegrity() throws -> IntegrityReport {
        try transaction { db in
            var report = IntegrityReport()
            report.databaseProblems = try String.fetchAll(db, sql: "PRAGMA integrity_check")
                .filter { $0 != "ok" }
            for table in SealedTable.allCases {
                var sound = 0
                try forEachRecord(of: table, db) { row, content in
                    if let content, (try? Self.check(content, of: table)) != nil {
                        sound += 1
                    } else {
                        report.damagedRecords.append(.init(table: table.rawValue, row: row))
                    }
                }
                report.soundRecords[table.rawValue] = sound
            }
            return report
        }
    }

    private static func check(_ content: [UInt8], of table: SealedTable) throws {
        switch table {
        case .event: _ = try decodeWhole(content, BehaviourEvent.init(payload:))
        case .impression: _ = try decodeWhole(content, Impression.init(payload:))
        case .answer: _ = try decodeWhole(content, NamedRecord.init(payload:)).answers()
        case .document: _ = try decodeWhole(content, NamedRecord.init(payload:))
        }
    }
}
