/// Writes numbers and bytes one after the other, for columns and archives; ``FieldReader`` reads them.
struct FieldWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(byte: UInt8) { bytes.append(byte) }

    /// Appends a number in groups of seven bits, least significant first (LEB128).
    mutating func append(count: UInt64) {
        var rest = count
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Appends a number of either sign; the smaller its amount, the shorter.
    mutating func append(number: Int64) {
        append(count: UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    /// Appends the length, then the bytes.
    mutating func append(lengthPrefixed content: some Collection<UInt8>) {
        append(count: UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// Appends how many numbers there are, then the differences from each to the next.
    mutating func append(numbers: [Int]) {
        append(count: UInt64(numbers.count))
        var previous = 0
        for number in numbers {
            append(number: Int64(number &- previous))
            previous = number
        }
    }
}
