import Coordinator
import CoordinatorService
import Foundation
import PrivacyLedger
import Sodium

extension CoordinatorSettings {
    /// Checks what only a server needs.
    func validate() throws {
        guard !coordinator.origin.isEmpty else {
            throw SettingsError.invalid(
                key: "ledger.origin",
                reason: "name the ledger, such as shop.example/recommender; the name holds for ever"
            )
        }
        let sample = [UInt8](repeating: 1, count: 32)
        guard (try? VerificationKey(name: coordinator.origin, key: sample)) != nil else {
            throw SettingsError.invalid(
                key: "ledger.origin",
                reason: "a name has no spaces and no '+', such as shop.example/recommender")
        }
        try server.validate()
        guard case .file(let path) = store else { return }
        for (key, path) in [("store", path), ("ledger.keyFile", ledgerKeyFile)] {
            let folder = URL(filePath: path).deletingLastPathComponent().path
            guard FileManager.default.isWritableFile(atPath: folder) else {
                throw SettingsError.invalid(
                    key: key,
                    reason: "the folder \(folder) is not there, or must not be written; make it, "
                        + "or choose another path")
            }
        }
    }

    /// The key that signs the ledger of a store; made where the ledger has not begun.
    func readKey(for store: any CoordinatorStore) async throws -> SigningKey {
        let isBegun = try await !store.ledger(from: 0).isEmpty
        guard !isBegun || FileManager.default.fileExists(atPath: ledgerKeyFile) else {
            throw SettingsError.invalid(
                key: "ledger.keyFile",
                reason: "there is no \(ledgerKeyFile), and the store's ledger is signed already: "
                    + "name the file with its key")
        }
        return try SigningKeyFile.read(
            at: ledgerKeyFile, orMake: (name: coordinator.origin, algorithm: .ed25519))
    }

    /// The coordinator's configuration, with a name that no other process ever had.
    func namedConfiguration() -> CoordinatorConfiguration {
        var random = SystemRandomness()
        var name = [UInt8](repeating: 0, count: 8)
        random.fill(&name)
        var configuration = coordinator
        configuration.replica.name = hexadecimal(name)
        if !store.isShared {
            // Whoever has the file is alone: it goes on at once with the lease of the process before,
            // and loses it to nobody.
            configuration.replica.name = "coordinator"
            configuration.leaseMilliseconds = 600_000
        }
        return configuration
    }
}

extension StoreLocation {
    /// Opens the store to serve from it, or to restore it.
    func open() async throws -> any CoordinatorStore {
        switch self {
        case .file(let path): return try await SQLiteStore.open(at: path)
        case .database(let connection):
            #if PostgreSQL
                do {
                    return try await PostgreSQLStore.open(connection)
                } catch StoreError.unavailable(let reason) {
                    throw CommandError(
                        "the database cannot be reached; check that it runs, the setting 'store' and "
                            + "the password: \(reason)")
                }
            #else
                throw CommandError(
                    "this covey-coordinator was built without PostgreSQL; build with "
                        + "--traits PostgreSQL, or set store to a path")
            #endif
        }
    }

    /// Whether it is a file that is not there yet.
    var isMissing: Bool {
        guard case .file(let path) = self else { return false }
        return !FileManager.default.fileExists(atPath: path)
    }

    /// Removes the files of a store that is closed; a database is left as it is.
    func removeFiles() {
        guard case .file(let path) = self else { return }
        for suffix in ["", "-wal", "-shm", "-lock"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }

    /// Opens the store to back it up, while a coordinator may be using it.
    func openForBackup() async throws -> any CoordinatorStore {
        guard case .file(let path) = self else { return try await open() }
        return try await SQLiteStore.openForBackup(at: path)
    }
}
