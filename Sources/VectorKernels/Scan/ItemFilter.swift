/// Which items a query may find. An item beyond the count of a bitmap is not in it.
public enum ItemFilter: Sendable {
    /// Only those in the set: a category, what is available.
    case only(ItemBitmap)
    /// All but those in the set: seen, hidden.
    case except(ItemBitmap)

    /// Whether an item passes.
    package func admits(_ item: Int) -> Bool {
        switch self {
        case .only(let set): item < set.count && set[item]
        case .except(let set): item >= set.count || !set[item]
        }
    }

    /// Applies filters to all `count` items, 64 to a word; bits beyond them become 0.
    static func combine(_ filters: [ItemFilter], count: Int, into words: inout [UInt64]) {
        words.removeAll(keepingCapacity: true)
        words.append(contentsOf: repeatElement(.max, count: (count + 63) / 64))
        if count % 64 > 0 { words[words.count - 1] = 1 << (count % 64) - 1 }
        for filter in filters {
            switch filter {
            case .only(let set):
                let shared = min(words.count, set.words.count)
                for index in 0..<shared { words[index] &= set.words[index] }
                for index in shared..<words.count { words[index] = 0 }
            case .except(let set):
                let shared = min(words.count, set.words.count)
                for index in 0..<shared { words[index] &= ~set.words[index] }
            }
        }
    }
}
