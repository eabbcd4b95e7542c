/// The fields of something that is sealed, one after the other; numbers in 8 bytes, least significant
/// first.
struct SealedFields {
    private(set) var bytes: [UInt8]

    /// Begins without any, or takes those that were opened.
    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    mutating func append(_ more: [UInt8]) { bytes += more }

    mutating func append(_ number: Int64) {
        bytes += withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) }
    }

    /// Takes the first `count` bytes away; nil where there are fewer.
    mutating func takeBytes(_ count: Int) -> [UInt8]? {
        guard count >= 0, count <= bytes.count else { return nil }
        defer { bytes.removeFirst(count) }
        return Array(bytes.prefix(count))
    }

    /// Takes a number away; nil where there are fewer than 8 bytes.
    mutating func takeNumber() -> Int64? {
        takeBytes(8).map { bytes in
            Int64(bitPattern: bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
    }
}
