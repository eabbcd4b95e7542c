/// Numbers identifiers by first appearance, without a `String` per look-up.
///
/// Open addressing over the identifiers' bytes, which lie one after another in one array.
struct IdentifierTable {
    private var slots = [Int32](repeating: -1, count: 1024)
    private var hashes: [UInt64] = []
    private var text: [UInt8] = []
    private var ends: [Int] = []
    /// The number that was asked for last: a file has a person's rows together as a rule.
    private var last = 0

    /// The number of different identifiers.
    var count: Int { ends.count }

    /// The number of the identifier at `range` of `bytes`, a new one if it was not seen before.
    mutating func intern(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        if last < count, matches(last, bytes, range) { return last }
        let hash = Self.hash(bytes, range)
        let slot = findSlot(bytes, range, hash)
        if slots[slot] >= 0 {
            last = Int(slots[slot])
            return last
        }
        let number = count
        slots[slot] = Int32(number)
        hashes.append(hash)
        text.append(contentsOf: bytes[range])
        ends.append(text.count)
        if count * 2 > slots.count { grow() }
        return number
    }

    /// The number of the identifier at `range` of `bytes`; nil if it was never seen.
    func number(of bytes: [UInt8], _ range: Range<Int>) -> Int? {
        let number = slots[findSlot(bytes, range, Self.hash(bytes, range))]
        return number >= 0 ? Int(number) : nil
    }

    /// The identifier with `number`.
    subscript(number: Int) -> String { decodeText(text[self.range(of: number)]) }

    private func range(of number: Int) -> Range<Int> {
        (number == 0 ? 0 : ends[number - 1])..<ends[number]
    }

    /// The slot that holds the identifier, or the free one where it belongs.
    private func findSlot(_ bytes: [UInt8], _ range: Range<Int>, _ hash: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            if hashes[number] == hash, matches(number, bytes, range) { break }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func matches(_ number: Int, _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        let stored = self.range(of: number)
        guard stored.count == range.count else { return false }
        var position = stored.lowerBound
        for index in range {
            guard text[position] == bytes[index] else { return false }
            position += 1
        }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        let mask = slots.count - 1
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(number)
        }
    }

    /// FNV-1a, with a final mix because the low bits choose the slot.
    private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        hash ^= hash >> 32
        hash &*= 0x9E37_79B9_7F4A_7C15
        return hash ^ hash >> 29
    }
}
