internal import Learning

/// The histories that networks learn from: one person's on a device, everybody's where a model is
/// trained without privacy for comparison.
package struct Histories: Sendable {
    /// The number of items of the catalogue.
    package let itemCount: Int
    /// How popular the items are; nil where training does not look at it.
    package let popularity: ItemPopularity?
    private let interactions: [Interaction]
    private let starts: [Int]
    /// Each person's items in ascending order.
    private let sortedItems: [Int32]

    /// Collects histories, oldest interaction first; items outside the catalogue are left out.
    package init(
        _ histories: [[Interaction]], itemCount: Int, popularity: ItemPopularity? = nil
    ) {
        self.itemCount = itemCount
        self.popularity = popularity
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
    package var people: Int { starts.count - 1 }

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

    /// An item drawn from all: uniformly, or as ``popularity`` has it.
    func draw(_ random: inout SplitMix64) -> Int32 {
        popularity?.draw(&random) ?? Int32(truncatingIfNeeded: random.next(below: itemCount))
    }

    /// An item drawn from those that a person has not met; where nearly all are met, one that is may
    /// slip through after 64 attempts.
    func negative(for person: Int, random: inout SplitMix64) -> Int32 {
        var item = draw(&random)
        var attempts = 0
        while contains(item, person: person), attempts < 64 {
            item = draw(&random)
            attempts += 1
        }
        return item
    }
}
