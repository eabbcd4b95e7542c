internal import Foundation
internal import GRDB
internal import Sodium

extension SealedStore {
    /// Rows by table.
    typealias Rows = [SealedTable: Set<Int64>]

    /// Deletes records, and with them every key that could open them, and adds others in the same
    /// step.
    ///
    /// Copies of pages that held the records may be left where nobody can overwrite them: in free
    /// blocks of the disk, in a flash memory's spare cells, in a backup. They are ciphertexts under
    /// the key of their epoch, which is wrapped under the master key of their time. So the remaining
    /// records of the epochs move to a fresh one, and the master key is replaced. At each moment the
    /// provider holds the key of what the database holds:
    ///
    /// 1. the provider takes up the new master key beside the old one,
    /// 2. the database changes to the new key in one transaction,
    /// 3. the log is emptied into the database, which overwrites what it frees,
    /// 4. the provider lets the old key go.
    mutating func erase(_ rows: Rows, adding additions: [SealedTable: [[UInt8]]] = [:]) throws {
        try changeMasterKey { store, db, fresh in
            let epochs = try store.epochs(of: rows, db)
            for (table, rows) in rows {
                let deletion = try db.cachedStatement(
                    sql: "DELETE FROM \(table.rawValue) WHERE id = ?")
                for row in rows { try deletion.execute(arguments: [row]) }
            }
            var writer = try EpochWriter(freshFor: db, master: fresh)
            try store.moveRecords(of: epochs, to: &writer, db)
            for (table, contents) in additions {
                for content in contents { try writer.insert(content, into: table) }
            }
        }
    }

    /// Deletes all records and all keys, whether or not they open, but for the documents of a
    /// participation.
    mutating func eraseEverything() throws {
        let (found, tombstones) = try participationDocuments()
        try changeMasterKey { _, db, fresh in
            for table in SealedTable.allCases {
                try db.execute(sql: "DELETE FROM \(table.rawValue)")
            }
            var writer = try EpochWriter(freshFor: db, master: fresh)
            for document in found + tombstones {
                try writer.insert(document.payload, into: .document)
            }
        }
        try BehaviourStoreError.translating(path) { try database.vacuum() }
        try truncateLog()
    }

    /// The documents that say what the device has spent of its privacy and whether it may go on.
    ///
    /// Where a document does not open and the account is not among those that do, the account is
    /// taken for lost: its tombstone is an empty document, so that none begins anew.
    private func participationDocuments() throws -> (
        found: [NamedRecord], tombstones: [NamedRecord]
    ) {
        var found: [NamedRecord] = []
        var isAnyLost = false
        try transaction { db in
            try forEachRecord(of: .document, db) { _, content in
                guard let content,
                    let document = try? Self.decodeWhole(content, NamedRecord.init(payload:))
                else { return isAnyLost = true }
                if ParticipationState.documents.contains(document.name) { found.append(document) }
            }
        }
        let account = ParticipationState.accountDocument
        let isAccountLost = isAnyLost && !found.contains { $0.name == account }
        return (found, isAccountLost ? [NamedRecord(name: account, content: [])] : [])
    }

    /// Deletes the records that do not open, or read as nothing, and returns them.
    mutating func eraseDamagedRecords() throws -> [IntegrityReport.DamagedRecord] {
        let damaged = try checkIntegrity().damagedRecords
        guard !damaged.isEmpty else {
            try settleMasterKey()
            return []
        }
        var rows: Rows = [:]
        for record in damaged {
            guard let table = SealedTable(rawValue: record.table) else { continue }
            rows[table, default: []].insert(record.row)
        }
        let tombstones = try participationDocuments().tombstones
        try erase(rows, adding: [.document: tombstones.map(\.payload)])
        return damaged
    }

    /// Moves the database to a fresh master key in the transaction in which `body` changes it.
    private mutating func changeMasterKey(
        _ body: (_ store: SealedStore, _ db: Database, _ fresh: SecretBytes) throws -> Void
    ) throws {
        try settleMasterKey()
        var randomness = SystemRandomness()
        let fresh = SecretBytes(count: AuthenticatedEncryption.keyLength, from: &randomness)
        try keys.replaceMasterKeys(with: [master, fresh])
        do {
            try transaction { db in
                let header = try StoreHeader.read(db, master: master)
                let newest = try Int64.fetchOne(db, sql: "SELECT max(id) FROM epoch") ?? 0
                try body(self, db, fresh)
                try db.execute(sql: "DELETE FROM epoch WHERE \(Self.epochIsUnused)")
                try wrapEpochKeys(through: newest, under: fresh, db)
                try (header ?? StoreHeader(retentionTime: 0)).write(db, master: fresh)
            }
        } catch {
            // A transaction that failed at its very end may have come about all the same.
            isMasterKnown = false
            try? settleMasterKey()
            throw error
        }
        // Whatever becomes of the keys held, the database has changed.
        master = fresh
        try settleMasterKey()
    }

    private static let epochIsUnused =
        "id NOT IN ("
        + SealedTable.allCases.map { "SELECT epoch FROM \($0.rawValue)" }
        .joined(separator: " UNION ") + ")"

    private func epochs(of rows: Rows, _ db: Database) throws -> Set<Int64> {
        var epochs: Set<Int64> = []
        for (table, rows) in rows {
            let query = try db.cachedStatement(
                sql: "SELECT epoch FROM \(table.rawValue) WHERE id = ?")
            for row in rows {
                // In a damaged file this may be no number; nothing shares an epoch with it then.
                let found = try Row.fetchOne(query, arguments: [row]).flatMap {
                    Int64.fromDatabaseValue($0[0])
                }
                if let found { epochs.insert(found) }
            }
        }
        return epochs
    }

    /// Seals all records of `epochs` anew under the epochs of `writer`.
    private func moveRecords(
        of epochs: Set<Int64>, to writer: inout EpochWriter, _ db: Database
    ) throws {
        guard !epochs.isEmpty else { return }
        let condition = "epoch IN (\(epochs.sorted().map(String.init).joined(separator: ", ")))"
        for table in SealedTable.allCases {
            // Rows are not changed under the cursor that reads them.
            var records: [Record<[UInt8]>] = []
            try forEachRecord(of: table, db, where: condition) { row, content in
                guard let content else { throw damagedRecord(table, row) }
                records.append(Record(row: row, content: content))
            }
            for record in records {
                try writer.move(row: record.row, of: table, content: record.content)
            }
        }
    }

    /// Wraps the keys of the epochs up to `newest` under the fresh master key.
    private func wrapEpochKeys(
        through newest: Int64, under fresh: SecretBytes, _ db: Database
    ) throws {
        var randomness = SystemRandomness()
        let keys = EpochKeys(db, master: master)
        let epochs = try Int64.fetchAll(
            db, sql: "SELECT id FROM epoch WHERE id <= ?", arguments: [newest])
        for epoch in epochs {
            guard let key = try keys.key(of: epoch) else {
                throw BehaviourStoreError.damaged(
                    path: path, reason: "the key of its epoch \(epoch) was altered")
            }
            let wrapped = try RecordSealing.seal(
                key, key: fresh, place: .epochKey(epoch), randomness: &randomness)
            try db.execute(
                sql: "UPDATE epoch SET wrapped = ? WHERE id = ?",
                arguments: [Data(wrapped), epoch])
        }
    }
}
