/// Reads what ``FieldWriter`` wrote. Nothing that the bytes say can make it trap.
struct FieldReader {
    /// The bytes end early or say what no writer says.
    struct Malformed: Error {}

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard position < bytes.count else { throw Malformed() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func count() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let group = try byte()
            guard shift < 63 || group <= 1 else { break }
            value |= UInt64(group & 0x7f) << shift
            if group < 0x80 { return value }
        }
        throw Malformed()
    }

    mutating func number() throws(Malformed) -> Int64 {
        let folded = try count()
        return Int64(bitPattern: folded >> 1) ^ -Int64(bitPattern: folded & 1)
    }

    mutating func lengthPrefixed() throws(Malformed) -> [UInt8] {
        let length = try elementCount()
        defer { position += length }
        return Array(bytes[position..<position + length])
    }

    /// A number of elements, each at least a byte long, so that no false number reserves memory.
    mutating func elementCount() throws(Malformed) -> Int {
        let count = try count()
        guard count <= UInt64(bytes.count - position) else { throw Malformed() }
        return Int(count)
    }

    mutating func numbers() throws(Malformed) -> [Int] {
        var numbers: [Int] = []
        var previous = 0
        for _ in 0..<(try elementCount()) {
            previous &+= Int(try number())
            numbers.append(previous)
        }
        return numbers
    }
}
