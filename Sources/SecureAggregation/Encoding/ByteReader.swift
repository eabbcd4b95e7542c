/// Reads what a peer sent, front to back. Nothing is allocated for more than is there.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// The next `count` bytes.
    mutating func bytes(_ count: Int) throws(AggregationError) -> [UInt8] {
        guard count <= rest.count else {
            throw .undecodable("\(count - rest.count) bytes are missing at the end")
        }
        defer { rest = rest.dropFirst(count) }
        return [UInt8](rest.prefix(count))
    }

    /// The next byte.
    mutating func byte() throws(AggregationError) -> Int {
        guard let byte = rest.popFirst() else { throw .undecodable("a byte is missing at the end") }
        return Int(byte)
    }

    /// The next four bytes, a number that is at most `largest`.
    mutating func number(upTo largest: Int, _ what: StaticString) throws(AggregationError) -> Int {
        let number = try bytes(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard number <= largest else {
            throw .undecodable("the \(what) is \(number), and at most \(largest)")
        }
        return number
    }

    /// Items that `read` reads, after their number, which is at most `most`.
    mutating func list<Item>(
        atMost most: Int, _ what: StaticString,
        _ read: (inout ByteReader) throws(AggregationError) -> Item
    ) throws(AggregationError) -> [Item] {
        let count = try number(upTo: most, what)
        var items: [Item] = []
        for _ in 0..<count { items.append(try read(&self)) }
        return items
    }

    /// Refuses bytes that are left over.
    func end() throws(AggregationError) {
        guard rest.isEmpty else { throw .undecodable("\(rest.count) bytes too many") }
    }
}

/// Writes what ``ByteReader`` reads.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ more: some Collection<UInt8>) { bytes += more }

    mutating func append(byte: Int) { bytes.append(UInt8(truncatingIfNeeded: byte)) }

    /// Appends four bytes, least significant first.
    mutating func append(number: Int) {
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func append<Item>(list: [Item], _ write: (inout ByteWriter, Item) -> Void) {
        append(number: list.count)
        for item in list { write(&self, item) }
    }
}
