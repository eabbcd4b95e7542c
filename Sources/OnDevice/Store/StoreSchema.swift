internal import GRDB

/// A table of sealed records: id, epoch, sealed bytes, and nothing else.
enum SealedTable: String, CaseIterable, Sendable {
    case event, impression, answer, document
}

/// The tables of a store and their history.
///
/// In clear stand the number of records, the order in which they came, the gaps that deleted ones
/// leave in their numbers, their lengths in coarse steps, the epochs they belong to, and of the epochs
/// the numbers, whose gaps tell how often something was deleted. All else is sealed.
enum StoreSchema {
    /// Tells a store from other SQLite files: "Covy".
    static let applicationID: Int32 = 0x436f_7679

    /// Brings a store of any former version to this one. A version that was released never changes.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    PRAGMA application_id = \(applicationID);
                    CREATE TABLE header (
                        id INTEGER PRIMARY KEY CHECK (id = 1), sealed BLOB NOT NULL);
                    CREATE TABLE epoch (id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL);
                    """)
            for table in ["event", "answer", "document"] { try createSealedTable(table, db) }
        }
        migrator.registerMigration("2") { db in try createSealedTable("impression", db) }
        return migrator
    }

    private static func createSealedTable(_ name: String, _ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE \(name) (
                    id INTEGER PRIMARY KEY,
                    epoch INTEGER NOT NULL REFERENCES epoch (id),
                    sealed BLOB NOT NULL);
                CREATE INDEX \(name)_epoch ON \(name) (epoch);
                """)
    }
}
