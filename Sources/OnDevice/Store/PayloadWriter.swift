/// Writes the content of a record, shortly.
struct PayloadWriter {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(Padding.step) }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// Appends eight bytes, least significant first.
    mutating func append(_ word: UInt64) {
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends a count in groups of seven bits, least significant first (LEB128).
    mutating func append(count: Int) {
        var rest = UInt64(count)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Appends the length, then the bytes.
    mutating func append(lengthPrefixed content: some Collection<UInt8>) {
        append(count: content.count)
        bytes.append(contentsOf: content)
    }
}
