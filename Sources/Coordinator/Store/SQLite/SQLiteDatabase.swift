internal import Foundation
internal import GRDB
internal import Synchronization

/// An SQLite database: one thread writes, a few read beside it.
final class SQLiteDatabase: SQLDatabase {
    /// Who may do what with the file.
    enum Access {
        /// This process alone has it, and makes it where it is missing.
        case exclusive
        /// Another process may have it; nothing is written.
        case readOnly
    }

    private let path: String
    private let clock: @Sendable () -> Int64
    private let pool: DatabasePool
    private let lock: Mutex<ProcessLock?>
    private let writer: BlockingWorkers<Void>
    private let readers: BlockingWorkers<Void>

    /// Opens the database; blocks meanwhile.
    ///
    /// - Parameter clock: The time in milliseconds since 1970, for leases.
    init(path: String, access: Access, clock: @escaping @Sendable () -> Int64) throws {
        self.path = path
        self.clock = clock
        let isExclusive = access == .exclusive
        lock = Mutex(isExclusive ? try ProcessLock(for: path) : nil)
        if isExclusive { Self.createFile(path) }
        let readerCount = 4
        pool = try StoreError.translating(path) {
            try Self.inspect(path, access)
            var configuration = Configuration()
            configuration.label = "CoordinatorStore"
            configuration.readonly = !isExclusive
            configuration.maximumReaderCount = readerCount
            configuration.busyMode = .timeout(5)
            let pool = try DatabasePool(path: path, configuration: configuration)
            guard isExclusive else { return pool }
            try pool.writeWithoutTransaction { database in
                // In write-ahead mode only FULL makes every commit durable, not just consistent.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                // Where a disk's own cache would outlive fsync, on Apple's systems, it is emptied too.
                try database.execute(sql: "PRAGMA fullfsync = ON")
                try database.execute(sql: "PRAGMA checkpoint_fullfsync = ON")
            }
            return pool
        }
        writer = BlockingWorkers("CoordinatorStore writer", [()])
        readers = BlockingWorkers(
            "CoordinatorStore reader", Array(repeating: (), count: readerCount))
    }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await readers.run { [self] in
            try StoreError.translating(path) { try pool.read { try body(connection($0)) } }
        }
    }

    func readMoment<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result { try await read(body) }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        try await writer.run { [self] in
            try StoreError.translating(path) { try pool.write { try body(connection($0)) } }
        }
    }

    func close() async {
        await writer.stop()
        await readers.stop()
        // Once, and not where somebody else writes.
        if lock.withLock({ $0 != nil }) { emptyLog() }
        try? pool.close()
        lock.withLock { $0 = nil }
    }

    /// Moves everything from the log into the file, for those who copy that alone.
    private func emptyLog() {
        try? pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }

    private func connection(_ database: Database) -> SQLiteConnection {
        SQLiteConnection(database: database, path: path, clock: clock)
    }

    /// Makes a file that its owner alone can read; SQLite gives its log the same permissions.
    private static func createFile(_ path: String) {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { Foundation.close(descriptor) }
    }

    /// Looks whether the file is a store or empty, before anything in it is changed.
    private static func inspect(_ path: String, _ access: Access) throws {
        var configuration = Configuration()
        configuration.readonly = access == .readOnly
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        let isOurs = try queue.read { database in
            let id = try Int64.fetchOne(database, sql: "PRAGMA application_id")
            if id == SQLiteConnection.applicationID { return true }
            return try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
        }
        guard isOurs else {
            throw StoreError.file(
                path: path, reason: "it is a database, but no coordinator's; choose another path")
        }
    }
}
