/// A value that a statement takes or a row holds, of the types that both databases have.
enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    /// SQLite knows no NaN and takes it for NULL; ``SQLRow/real(_:)`` reads that back.
    case real(Double)
    case text(String)
    case bytes([UInt8])

    init(_ value: Int) { self = .integer(Int64(value)) }
    init(_ value: Int64) { self = .integer(value) }
    init(_ value: Double) { self = .real(value) }
    init(_ value: [UInt8]) { self = .bytes(value) }

    /// A text; PostgreSQL's hold no NUL, so that one is replaced for both.
    init(_ value: String) {
        self = .text(
            value.utf8.contains(0) ? value.replacing("\0", with: "\u{FFFD}") : value)
    }
}
