internal import Foundation

/// The store in an SQLite file, for a coordinator that serves its population alone. Nothing needs to
/// be set up for it.
public enum SQLiteStore {
    /// Opens the store at `path`, or makes one where there is none.
    ///
    /// - Parameter clock: The time in milliseconds since 1970, by which leases expire.
    /// - Throws: ``StoreError/inUse(_:)`` while another process has it,
    ///   ``StoreError/file(path:reason:)`` where it cannot be opened or is no store,
    ///   ``StoreError/tooNew(version:known:)``.
    public static func open(
        at path: String, clock: @escaping @Sendable () -> Int64 = Self.systemTime
    ) async throws -> any CoordinatorStore {
        try await SQLStore.migrating(database(at: path, .exclusive, clock))
    }

    /// Opens the store at `path` to back it up, while a coordinator may have it open. It must be of
    /// this version, and nothing can be written.
    public static func openForBackup(at path: String) async throws -> any CoordinatorStore {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError.file(path: path, reason: "there is no such file")
        }
        let database = try await database(at: path, .readOnly, systemTime)
        do {
            let version = try await database.read { try StoreSchema.storedVersion($0) }
            guard version == StoreSchema.version else {
                throw StoreError.file(
                    path: path, reason: "it is of an older version; start the coordinator first")
            }
        } catch {
            await database.close()
            throw error
        }
        return SQLStore(database)
    }

    /// The system's time, in milliseconds since 1970.
    public static func systemTime() -> Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    private static func database(
        at path: String, _ access: SQLiteDatabase.Access, _ clock: @escaping @Sendable () -> Int64
    ) async throws -> SQLiteDatabase {
        try await BlockingWorkers("CoordinatorStore opening", [()]).run {
            try SQLiteDatabase(path: path, access: access, clock: clock)
        }
    }
}
