/// Why a ledger cannot be used.
public enum LedgerError: Error, Equatable, CustomStringConvertible {
    /// There is a file already where a new ledger was to begin.
    case exists(path: String)
    /// The file cannot be read.
    case unreadable(path: String)
    /// The file cannot be written.
    case unwritable(path: String)
    /// The file is not a ledger.
    case notALedger(path: String, reason: String)
    /// The file is damaged in its middle: nothing that was acknowledged may be cut away.
    case damaged(path: String, entry: Int, offset: Int, reason: String)
    /// The ledger is signed by another key than the one that was to go on with it.
    case otherKey(path: String)
    /// An entry was to be recorded that does not follow, or differs from what is recorded.
    case contradiction(path: String, entry: Int, reason: String)
    /// Another process, or another copy of this ledger, goes on with it.
    case inUse(path: String)
    /// An entry is too long to be recorded, or has figures that no entry may have.
    case unencodable
    /// No key can have this name.
    case invalidName(String)
    /// A text is not a public key.
    case invalidKey(String)
    /// A file holds no signing key.
    case notASigningKey(path: String)
    /// A text is not a signed note.
    case invalidNote(String)

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .exists(let path): "\(path) exists already; a ledger is never overwritten"
        case .unreadable(let path): "\(path) cannot be read; check its name and permissions"
        case .unwritable(let path): "\(path) cannot be written; check its folder and permissions"
        case .notALedger(let path, let reason): "\(path) is not a ledger: \(reason)"
        case .damaged(let path, let entry, let offset, let reason):
            "\(path), entry \(entry) at byte \(offset): \(reason); restore the file from a copy "
                + "with the same head, and never go on from an older one"
        case .otherKey(let path): "\(path) belongs to another key; only its owner adds to a ledger"
        case .contradiction(let path, let entry, let reason):
            "\(path), entry \(entry): \(reason)"
        case .unencodable:
            "an entry is longer than \(LedgerEntry.largestByteCount) bytes, has a figure out of range, "
                + "or a text that is blank or holds line breaks and other control characters; nothing "
                + "was recorded"
        case .inUse(let path): "\(path) is in use: only one process goes on with a ledger"
        case .invalidName(let name):
            "\(name.debugDescription) cannot name a key: letters, digits and -._/: only"
        case .invalidKey(let text):
            "\(text.debugDescription) is not a public key; expected name+id+base64, as in the "
                + "ledger's .pub file"
        case .notASigningKey(let path):
            "\(path) holds no signing key: expected 32 bytes in base64"
        case .invalidNote(let reason): "not a signed checkpoint: \(reason)"
        }
    }
}
