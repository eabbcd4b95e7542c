internal import Foundation
internal import GRDB
internal import Sodium

extension SealedStore {
    /// What an SQLite file turned out to be.
    private enum Finding {
        /// No tables.
        case empty
        /// A store that a crash kept from its first header.
        case begun
        /// A store with a header.
        case store
    }

    /// Opens the store at `path`, or makes one where there is none. What cannot be opened stays as
    /// it is.
    init(path: String, keys: any MasterKeyProvider) throws {
        self.path = path
        self.keys = keys
        Self.createFile(path)
        database = try BehaviourStoreError.translating(path) {
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            return try DatabaseQueue(
                path: path, configuration: Self.configuration(isNew: size == 0))
        }
        let finding = try Self.inspect(database, path)
        let held = try keys.masterKeys()
        switch finding {
        case .store:
            guard let last = held.last else { throw BehaviourStoreError.missingKey(path: path) }
            master = last
            try settleMasterKey()
            try migrate()
        case .empty, .begun:
            if finding == .empty, !held.isEmpty { throw BehaviourStoreError.emptied(path: path) }
            var randomness = SystemRandomness()
            master =
                held.last
                ?? SecretBytes(count: AuthenticatedEncryption.keyLength, from: &randomness)
            // The tables come first: a key without tables tells a store that was lost.
            try migrate()
            if held.isEmpty { try keys.replaceMasterKeys(with: [master]) }
            let header = StoreHeader(retentionTime: 0)
            try transaction { [master] in try header.write($0, master: master) }
            isMasterKnown = true
        }
    }

    /// Finds out which of the keys held is the store's, and finishes a change of keys that a crash
    /// or a full disk interrupted.
    mutating func settleMasterKey() throws {
        let held = try findMasterKey()
        guard held.count > 1 else { return }
        try truncateLog()
        try keys.replaceMasterKeys(with: [master])
    }

    /// Finds out which of the keys held, which it returns, is the store's.
    @discardableResult
    mutating func findMasterKey() throws -> [SecretBytes] {
        let held = try keys.masterKeys()
        guard let current = try held.last(where: { try isCurrent($0) }) else {
            throw BehaviourStoreError.wrongKey(path: path)
        }
        (master, isMasterKnown) = (current, true)
        return held
    }

    private func isCurrent(_ key: SecretBytes) throws -> Bool {
        try transaction { db in
            do { return try StoreHeader.read(db, master: key) != nil } catch is SodiumError {
                return false
            }
        }
    }

    private func migrate() throws {
        try BehaviourStoreError.translating(path) { try StoreSchema.migrator.migrate(database) }
    }

    /// Makes a file that its owner alone can read; SQLite gives its log the same permissions. A file
    /// that is there keeps its own: what they let others read is sealed.
    private static func createFile(_ path: String) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    private static func configuration(isNew: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.label = "BehaviourStore"
        // A process that ends hands the store on within moments; any longer it is refused.
        configuration.busyMode = .timeout(1)
        configuration.prepareDatabase { db in
            // A second process would not learn of changed keys. One process also needs no index of
            // the log in a file of its own.
            if isNew {
                // Of two that make a store at once, each would keep the lock to read that the other
                // one waits for. In this order the first to lock has it, and the other waits.
                try db.execute(
                    sql: "BEGIN EXCLUSIVE; PRAGMA locking_mode = EXCLUSIVE; COMMIT")
            } else {
                try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            }
            // Where a disk's own cache would outlive fsync, on Apple's systems, it is emptied too.
            try db.execute(sql: "PRAGMA fullfsync = ON")
            try db.execute(sql: "PRAGMA checkpoint_fullfsync = ON")
            try db.execute(sql: "PRAGMA secure_delete = ON")
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    private static func inspect(_ database: DatabaseQueue, _ path: String) throws -> Finding {
        try BehaviourStoreError.translating(path) {
            try database.writeWithoutTransaction { db in
                let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
                let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
                if !isEmpty {
                    guard application == StoreSchema.applicationID else {
                        throw BehaviourStoreError.notAStore(path: path)
                    }
                    if try StoreSchema.migrator.hasBeenSuperseded(db) {
                        throw BehaviourStoreError.newerVersion(path: path)
                    }
                }
                try db.execute(sql: "PRAGMA journal_mode = WAL")
                // In write-ahead mode only FULL makes every commit durable, not just consistent.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                if isEmpty { return .empty }
                if try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT * FROM header)") == true {
                    return .store
                }
                let isUnused = try Bool.fetchOne(
                    db, sql: "SELECT NOT EXISTS (SELECT * FROM epoch)")
                guard isUnused == true else {
                    throw BehaviourStoreError.damaged(path: path, reason: "its header is missing")
                }
                return .begun
            }
        }
    }
}
