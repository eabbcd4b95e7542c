/// Why bytes could not be used as a table.
public enum ItemTableError: Error, Equatable, CustomStringConvertible {
    /// The file could not be opened or mapped; the system's error number.
    case unreadable(path: String, code: Int32)
    /// The table does not begin on a multiple of 64 bytes.
    case misaligned(offset: Int)
    /// The number of items or dimensions is out of range.
    case impossibleShape(count: Int, dimension: Int)
    /// There are fewer bytes than the table needs.
    case truncated(needed: Int, available: Int)

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .unreadable(let path, let code):
            "'\(path)' cannot be mapped (system error \(code)); check that it is a readable file"
        case .misaligned(let offset):
            "the table begins at byte \(offset), which is no multiple of 64; write it anew"
        case .impossibleShape(let count, let dimension):
            "a table of \(count) items of \(dimension) values cannot be; write it anew"
        case .truncated(let needed, let available):
            "the table needs \(needed) bytes and has \(available); fetch the file again"
        }
    }
}
