/// A set of items of a table.
public struct ItemBitmap: Sendable, Hashable {
    /// The number of items that there are; the set holds some of 0 to `count` - 1.
    public let count: Int
    /// 64 items each, the lowest bit first; bits beyond `count` are 0.
    private(set) var words: [UInt64]

    /// No items, or all of them.
    public init(count: Int, filled: Bool = false) {
        precondition(count >= 0)
        self.count = count
        words = [UInt64](repeating: filled ? .max : 0, count: (count + 63) / 64)
        if filled, count % 64 > 0 { words[words.count - 1] = 1 << (count % 64) - 1 }
    }

    /// Whether the set holds an item.
    ///
    /// - Precondition: `item` is below ``count``.
    public subscript(item: Int) -> Bool {
        get {
            precondition(item >= 0 && item < count)
            return words[item / 64] >> (item % 64) & 1 == 1
        }
        set {
            precondition(item >= 0 && item < count)
            if newValue {
                words[item / 64] |= 1 << (item % 64)
            } else {
                words[item / 64] &= ~(1 << (item % 64))
            }
        }
    }

    /// The number of items in the set.
    public var population: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Adds the items of another set of the same count.
    public mutating func formUnion(_ other: ItemBitmap) {
        precondition(count == other.count)
        for index in words.indices { words[index] |= other.words[index] }
    }

    /// Keeps the items that another set of the same count holds too.
    public mutating func formIntersection(_ other: ItemBitmap) {
        precondition(count == other.count)
        for index in words.indices { words[index] &= other.words[index] }
    }

    /// Removes the items of another set of the same count.
    public mutating func subtract(_ other: ItemBitmap) {
        precondition(count == other.count)
        for index in words.indices { words[index] &= ~other.words[index] }
    }
}
