internal import Foundation
internal import GRDB
internal import Sodium

/// Seals records within one transaction, under the newest epoch as long as it has room.
struct EpochWriter {
    private let database: Database
    private let master: SecretBytes
    private var randomness = SystemRandomness()
    private var epoch: Int64
    private var key: SecretBytes?
    private var room = 0

    /// Begins a new epoch with the first record.
    init(freshFor database: Database, master: SecretBytes) throws {
        self.database = database
        self.master = master
        epoch = try Int64.fetchOne(database, sql: "SELECT max(id) FROM epoch") ?? 0
    }

    /// Goes on with the newest epoch.
    ///
    /// - Throws: ``BehaviourStoreError/damaged(path:reason:)`` where its records are sealed under a
    ///   key that `master` does not open: what is sealed under `master` might be lost as well.
    init(resuming database: Database, of path: String, master: SecretBytes) throws {
        try self.init(freshFor: database, master: master)
        guard epoch > 0 else { return }
        let counts = SealedTable.allCases.map {
            "(SELECT count(*) FROM \($0.rawValue) WHERE epoch = :epoch)"
        }
        let used = try Int.fetchOne(
            database, sql: "SELECT " + counts.joined(separator: " + "),
            arguments: ["epoch": epoch])
        key = try EpochKeys(database, master: master).key(of: epoch)
        room = SealedStore.recordsPerEpoch - (used ?? 0)
        guard key != nil || used == 0 else {
            throw BehaviourStoreError.damaged(
                path: path, reason: "the key of its epoch \(epoch) was altered")
        }
    }

    /// Adds a record at the end of a table.
    mutating func insert(_ content: [UInt8], into table: SealedTable) throws {
        let query = try database.cachedStatement(sql: "SELECT max(id) FROM \(table.rawValue)")
        // Only a damaged file counts so far that this wraps, and then the insertion may be refused.
        let row = (try Int64.fetchOne(query) ?? 0) &+ 1
        let sealed = try seal(content, in: table, row: row)
        let insertion = try database.cachedStatement(
            sql: "INSERT INTO \(table.rawValue) (id, epoch, sealed) VALUES (?, ?, ?)")
        try insertion.execute(arguments: [row, epoch, Data(sealed)])
    }

    /// Seals the content of a record anew, so that it moves to this epoch.
    mutating func move(row: Int64, of table: SealedTable, content: [UInt8]) throws {
        let sealed = try seal(content, in: table, row: row)
        let change = try database.cachedStatement(
            sql: "UPDATE \(table.rawValue) SET epoch = ?, sealed = ? WHERE id = ?")
        try change.execute(arguments: [epoch, Data(sealed), row])
    }

    private mutating func seal(
        _ content: [UInt8], in table: SealedTable, row: Int64
    ) throws -> [UInt8] {
        let key = try keyWithRoom()
        room -= 1
        return try RecordSealing.seal(
            SecretBytes(Padding.pad(content)), key: key,
            place: .record(table, row: row, epoch: epoch), randomness: &randomness)
    }

    private mutating func keyWithRoom() throws -> SecretBytes {
        if let key, room > 0 { return key }
        let fresh = SecretBytes(count: AuthenticatedEncryption.keyLength, from: &randomness)
        epoch &+= 1
        let wrapped = try RecordSealing.seal(
            fresh, key: master, place: .epochKey(epoch), randomness: &randomness)
        try database.execute(
            sql: "INSERT INTO epoch (id, wrapped) VALUES (?, ?)",
            arguments: [epoch, Data(wrapped)])
        key = fresh
        room = SealedStore.recordsPerEpoch
        return fresh
    }
}
