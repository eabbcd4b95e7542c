internal import Foundation
internal import GRDB
internal import Sodium

/// Sealed records in a database and the master key that opens them; for one thread at a time.
///
/// The records of an epoch share a random key, which stands in the database under the master key.
/// Keys of epochs are opened for one transaction at a time.
struct SealedStore {
    /// The span of an epoch. A deletion seals the remaining records of the epochs that it touches
    /// anew, and wraps the keys of all others anew: a thousand and fifty with 50,000 records.
    static let recordsPerEpoch = 1024

    /// A record as it stands in its table.
    struct Record<Content> {
        let row: Int64
        let content: Content
    }

    let path: String
    let database: DatabaseQueue
    let keys: any MasterKeyProvider
    var master: SecretBytes
    /// Whether `master` is the database's for sure; where not, ``findMasterKey()`` is due before
    /// anything is sealed.
    var isMasterKnown = false

    /// All records of a table, the first that came first, each as `decode` reads it.
    func records<Content>(
        in table: SealedTable, decode: (inout PayloadReader) throws -> Content
    ) throws -> [Record<Content>] {
        try transaction { db in
            var records: [Record<Content>] = []
            try forEachRecord(of: table, db) { row, content in
                guard let content, let decoded = try? Self.decodeWhole(content, decode) else {
                    throw damagedRecord(table, row)
                }
                records.append(Record(row: row, content: decoded))
            }
            return records
        }
    }

    /// Adds records at the end of a table: all or, where it throws, none.
    func insert(_ contents: [[UInt8]], into table: SealedTable) throws {
        try transaction { db in
            var writer = try EpochWriter(resuming: db, of: path, master: master)
            for content in contents { try writer.insert(content, into: table) }
        }
    }

    /// Puts other content in the place of a record.
    ///
    /// It stays in its epoch, so that the keys that go with its deletion are those of all its former
    /// versions too.
    func update(row: Int64, of table: SealedTable, to content: [UInt8]) throws {
        try transaction { db in
            let name = table.rawValue
            let epoch = try Int64.fetchOne(
                db, sql: "SELECT epoch FROM \(name) WHERE id = ?", arguments: [row])
            guard let epoch, let key = try EpochKeys(db, master: master).key(of: epoch) else {
                throw damagedRecord(table, row)
            }
            var randomness = SystemRandomness()
            let sealed = try RecordSealing.seal(
                SecretBytes(Padding.pad(content)), key: key,
                place: .record(table, row: row, epoch: epoch), randomness: &randomness)
            try db.execute(
                sql: "UPDATE \(name) SET sealed = ? WHERE id = ?", arguments: [Data(sealed), row])
        }
    }

    /// Calls `body` with the row of each record and its content, which is missing where the record
    /// does not open.
    func forEachRecord(
        of table: SealedTable, _ db: Database, where condition: String = "TRUE",
        _ body: (_ row: Int64, _ content: [UInt8]?) throws -> Void
    ) throws {
        let keys = EpochKeys(db, master: master)
        let name = table.rawValue
        let rows = try Row.fetchCursor(
            db, sql: "SELECT id, epoch, sealed FROM \(name) WHERE \(condition) ORDER BY id")
        while let record = try rows.next() {
            let row = try record.decode(Int64.self, atIndex: 0)
            // In a damaged file a column may hold anything, whatever its table declares.
            guard let epoch = Int64.fromDatabaseValue(record[1]),
                let sealed = Data.fromDatabaseValue(record[2]),
                let key = try keys.key(of: epoch),
                let padded = try? RecordSealing.open(
                    [UInt8](sealed), key: key, place: .record(table, row: row, epoch: epoch))
            else {
                try body(row, nil)
                continue
            }
            try body(row, try? Padding.unpad(padded.copy(0..<padded.count)))
        }
    }

    static func decodeWhole<Content>(
        _ content: [UInt8], _ decode: (inout PayloadReader) throws -> Content
    ) throws -> Content {
        var reader = PayloadReader(content)
        let decoded = try decode(&reader)
        try reader.finish()
        return decoded
    }

    func damagedRecord(_ table: SealedTable, _ row: Int64) -> BehaviourStoreError {
        .damagedRecord(path: path, table: table.rawValue, row: row)
    }

    /// Runs `body` in a transaction that is on the disk when this returns.
    func transaction<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try BehaviourStoreError.translating(path) { try database.write(body) }
    }

    /// Empties the write-ahead log into the database, so that no former page is left in it.
    func truncateLog() throws {
        try BehaviourStoreError.translating(path) {
            try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        }
    }
}
