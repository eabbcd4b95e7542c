internal import Sodium

/// A record of a ledger file: an entry or a checkpoint, with where it stands.
///
/// A file is a header of 16 bytes and records. A record is its length (4 bytes, least significant
/// first), its kind, four bytes that check these five, the payload, and 16 bytes that check
/// everything: BLAKE2b over the check of the record before (of the header, for the first), the
/// first nine bytes and the payload.
struct LedgerRecord: Sendable {
    enum Kind: UInt8, Sendable {
        case entry = 1
        case checkpoint = 2
    }

    static let header: [UInt8] = Array("covey ledger v1\n".utf8)
    static let prefixLength = 9
    static let checksumLength = 16
    static let largestPayload = LedgerEntry.largestByteCount

    let kind: Kind
    let payload: [UInt8]
    /// Where the record begins, in bytes from the beginning of the file.
    let offset: Int
    /// The check of everything up to the end of the record.
    let checksum: [UInt8]

    var end: Int { offset + Self.prefixLength + payload.count + Self.checksumLength }

    /// A record that comes after what has the check `previous`, its first bytes being `prefix`.
    init(
        _ kind: Kind, _ payload: [UInt8], at offset: Int, prefix: [UInt8], after previous: [UInt8]
    ) {
        self.kind = kind
        self.payload = payload
        self.offset = offset
        var bytes: [UInt8] = []
        bytes.reserveCapacity(previous.count + prefix.count + payload.count)
        bytes += previous
        bytes += prefix
        bytes += payload
        checksum = Self.checksum(bytes)
    }

    /// A record that comes after what has the check `previous`.
    init(_ kind: Kind, _ payload: [UInt8], at offset: Int, after previous: [UInt8]) {
        self.init(
            kind, payload, at: offset,
            prefix: Self.prefix(kind.rawValue, count: payload.count, after: previous),
            after: previous)
    }

    /// The bytes of the record, the check of the one before being `previous`.
    func bytes(after previous: [UInt8]) -> [UInt8] {
        Self.prefix(kind.rawValue, count: payload.count, after: previous) + payload + checksum
    }

    /// The first bytes of a record.
    static func prefix(_ kind: UInt8, count: Int, after previous: [UInt8]) -> [UInt8] {
        let length = UInt32(truncatingIfNeeded: count)
        let start = withUnsafeBytes(of: length.littleEndian) { [UInt8]($0) } + [kind]
        return start + checksum(previous + start).prefix(4)
    }

    /// The check of the header.
    static let first = checksum(header)

    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        Array(BLAKE2b.hash(bytes).prefix(checksumLength))
    }
}
