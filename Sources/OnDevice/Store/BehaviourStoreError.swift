/// Why a behaviour store, or the file of its key, refused.
public enum BehaviourStoreError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be opened, read or written.
    case inaccessible(path: String, reason: String)
    /// The file belongs to another program.
    case notAStore(path: String)
    /// The store was written by a newer version.
    case newerVersion(path: String)
    /// Another store object or process has the file open.
    case inUse(path: String)
    /// There is a key but nothing in the store that it belongs to.
    case emptied(path: String)
    /// There is no key for a store that has content.
    case missingKey(path: String)
    /// None of the keys opens the store.
    case wrongKey(path: String)
    /// The database is damaged as a whole.
    case damaged(path: String, reason: String)
    /// A record is not what was written, or a part of it is missing.
    case damagedRecord(path: String, table: String, row: Int64)
    /// The key file can be read by others.
    case exposedKeyFile(path: String)
    /// The key file holds no keys.
    case damagedKeyFile(path: String)
    /// What was to be stored is out of range; nothing was stored.
    case invalid(reason: String)

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .inaccessible(let path, let reason):
            "\(path) cannot be used: \(reason); check its folder, its permissions and the space left"
        case .notAStore(let path):
            "\(path) is not a behaviour store and was left as it is; choose another path"
        case .newerVersion(let path):
            "\(path) was written by a newer version of this library; update the app"
        case .inUse(let path):
            "\(path) is in use: a store belongs to one process at a time; close the other first"
        case .emptied(let path):
            "\(path) is missing or empty although its key exists; restore it from a copy made since "
                + "the last deletion, or remove the key to begin anew"
        case .missingKey(let path):
            "\(path) has content but its master key is gone; restore the key, or remove the store "
                + "to begin anew: without the key nobody can read it"
        case .wrongKey(let path):
            "\(path) is sealed under another master key: the key is another store's, or the store is "
                + "a copy from before a deletion; put back the two files that belong together"
        case .damaged(let path, let reason):
            "\(path) is damaged (\(reason)); restore it from a copy made since the last deletion"
        case .damagedRecord(let path, let table, let row):
            "\(path), \(table) \(row): the record was altered or cut; restore the file from a copy "
                + "made since the last deletion, or call deleteDamagedRecords()"
        case .exposedKeyFile(let path):
            "\(path) holds a master key and can be read by others; run chmod 600 on it, and delete "
                + "something from the store to replace the key"
        case .damagedKeyFile(let path):
            "\(path) holds no master key: expected \"COVEYKEY\" and one or two keys of 32 bytes; "
                + "restore it from a copy"
        case .invalid(let reason): "\(reason); nothing was stored"
        }
    }
}
