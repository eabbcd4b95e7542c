/// Reads what ``PayloadWriter`` wrote. Nothing that the bytes say can make it trap.
struct PayloadReader {
    /// The content ended early or says what no writer says.
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard position < bytes.count else { throw Malformed() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func word() throws(Malformed) -> UInt64 {
        guard bytes.count - position >= 8 else { throw Malformed() }
        var word: UInt64 = 0
        for offset in 0..<8 { word |= UInt64(bytes[position + offset]) << UInt64(8 * offset) }
        position += 8
        return word
    }

    mutating func count() throws(Malformed) -> Int {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            let group = try byte()
            value |= UInt64(group & 0x7f) << shift
            if group < 0x80 { return Int(value) }
        }
        throw Malformed()
    }

    mutating func lengthPrefixed() throws(Malformed) -> ArraySlice<UInt8> {
        let length = try count()
        guard length <= bytes.count - position else { throw Malformed() }
        defer { position += length }
        return bytes[position..<position + length]
    }

    mutating func string() throws(Malformed) -> String {
        String(decoding: try lengthPrefixed(), as: UTF8.self)
    }

    /// A number of elements, each at least a byte long, so that no false number reserves memory.
    mutating func elementCount() throws(Malformed) -> Int {
        let count = try count()
        guard count <= bytes.count - position else { throw Malformed() }
        return count
    }

    /// Checks that nothing is left.
    func finish() throws(Malformed) {
        guard position == bytes.count else { throw Malformed() }
    }
}
