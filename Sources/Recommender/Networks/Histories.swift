internal import Learning

/// The histories that networks learn from: one person's on a device, everybody's where a model is
/// trained without privacy for comparison.
public struct Histories: Sendable {
    /// The number of items of the catalogue.
    public let itemCount: Int
    private let interactions: [Interaction]
    private let starts: [Int]
    /// Each person's items in ascending order.
    private let sortedItems: [Int32]

    /// Collects histories, oldest interaction first; items outside the catalogue are left out.
    public init(_ histories: [[Interaction]], itemCount: Int) {
        self.itemCount = itemCount
        var interactions: [Interaction] = []
        var starts = [0]
        var sortedItems: [Int32] = []
        for history in histories {
            let known = history.filter { $0.item >= 0 && $0.item < itemCount }
            interactions += known
            sortedItems += known.map(\.item).sorted()
            starts.append(interactions.count)
        }
        self.interactions = interactions
        self.starts = starts
        self.sortedItems = sortedItems
    }

    /// The number of people.
    public var people: Int { starts.count - 1 }

    /// One person's interactions, oldest first.
    func callAsFunction(_ person: Int) -> ArraySlice<Interaction> {
        interactions[starts[person]..<starts[person + 1]]
    }

    /// How many interactions a person has.
    func count(of person: Int) -> Int { starts[person + 1] - starts[person] }

    /// One of a person's items, counted from the oldest.
    func item(_ place: Int, of person: Int) -> Int32 {
        interactions[starts[person] + place].item
    }

    /// Whether a person has met an item.
    func contains(_ item: Int32, person: Int) -> Bool {
        var low = starts[person]
        var high = starts[person + 1]
        while low < high {
            let middle = (low + high) / 2
            if sortedItems[middle] < item { low = middle + 1 } else { high = middle }
        }
        return low < starts[person + 1] && sortedItems[low] == item
    }

    /// An item drawn uniformly from those that a person has not met; where nearly all are met, one
    /// that is may slip through after 64 attempts.
    func negative(for person: Int, random: inout SplitMix64) -> Int32 {
        var item = Int32(truncatingIfNeeded: random.next(below: itemCount))
        var attempts = 0
        while contains(item, person: person), attempts < 64 {
            item = Int32(truncatingIfNeeded: random.next(below: itemCount))
            attempts += 1
        }
        return item
    }
}
