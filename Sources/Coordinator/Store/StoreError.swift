/// Why the store does not do what it was asked to.
public enum StoreError: Error, Equatable, CustomStringConvertible {
    /// The database cannot be opened or reached; what was asked of it may have been done.
    case unavailable(String)
    /// There is no room, or the disk failed; nothing was changed.
    case full(String)
    /// Another process has the database, which serves one only.
    case inUse(String)
    /// The database is of a newer version of Covey.
    case tooNew(version: Int, known: Int)
    /// Somebody else acts in the caller's place by now; nothing was changed.
    case leaseLost
    /// The ledger ends elsewhere than the caller supposed; nothing was changed.
    case ledgerMoved(expected: Int, actual: Int)
    /// A store is filled from a backup only while it is empty.
    case notEmpty
    /// A file is no backup, or a damaged one.
    case notABackup(path: String, reason: String)
    /// A file cannot be written or read.
    case file(path: String, reason: String)
    /// What is stored contradicts itself.
    case damaged(String)

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .unavailable(let reason):
            "the database cannot be reached: \(reason); it is tried again"
        case .full(let reason):
            "the database cannot be written: \(reason); make room, nothing was changed"
        case .inUse(let place):
            "\(place) is in use by another coordinator; use PostgreSQL to run several"
        case .tooNew(let version, let known):
            "the database has version \(version), and this coordinator knows \(known); use a newer "
                + "one, or restore a backup"
        case .leaseLost: "another coordinator leads by now; nothing was changed"
        case .ledgerMoved(let expected, let actual):
            "the ledger ends at byte \(actual), not at \(expected): somebody else has written to it"
        case .notEmpty: "the store is not empty; restore into a new one"
        case .notABackup(let path, let reason):
            "\(path) is not a backup that can be used: \(reason)"
        case .file(let path, let reason): "\(path): \(reason)"
        case .damaged(let reason): "the store contradicts itself: \(reason); restore a backup"
        }
    }
}
