internal import Recommender
internal import Sodium

/// Which items were turned to directly after which, and how often.
struct Successors {
    /// Where the successors of each item begin.
    private var starts: [Int]
    private var items: [Int32]
    private var counts: [Float]
    /// Sums of weights of the successors of an item up to each.
    private var sums: [Float]

    /// The number of items of the catalogue.
    var itemCount: Int { starts.count - 1 }

    /// Counts pairs in the histories of `users`; an item that follows itself counts as no step.
    init(of users: [InteractionData.User], items itemCount: Int) {
        var sizes = [Int](repeating: 0, count: itemCount + 1)
        for user in users {
            for (first, second) in zip(user.history, user.history.dropFirst())
            where first.item != second.item { sizes[Int(first.item) + 1] += 1 }
        }
        for item in 0..<itemCount { sizes[item + 1] += sizes[item] }
        var followers = [Int32](repeating: 0, count: sizes[itemCount])
        var places = sizes
        for user in users {
            for (first, second) in zip(user.history, user.history.dropFirst())
            where first.item != second.item {
                followers[places[Int(first.item)]] = second.item
                places[Int(first.item)] += 1
            }
        }
        starts = [0]
        items = []
        counts = []
        for item in 0..<itemCount {
            for follower in followers[sizes[item]..<sizes[item + 1]].sorted() {
                if items.count > starts[item], items.last == follower {
                    counts[counts.count - 1] += 1
                } else {
                    items.append(follower)
                    counts.append(1)
                }
            }
            starts.append(items.count)
        }
        sums = counts
        weigh(by: [Float](repeating: 1, count: itemCount))
    }

    /// Multiplies the counts of each item as a successor by its weight.
    mutating func weigh(by weights: [Float]) {
        for item in 0..<starts.count - 1 {
            var sum: Float = 0
            for place in starts[item]..<starts[item + 1] {
                sum += counts[place] * weights[Int(items[place])]
                sums[place] = sum
            }
        }
    }

    /// How often `second` came after `first`.
    func count(_ first: Int, _ second: Int) -> Float {
        var (low, high) = (starts[first], starts[first + 1])
        while low < high {
            let middle = (low + high) / 2
            if items[middle] < Int32(second) { low = middle + 1 } else { high = middle }
        }
        return low < starts[first + 1] && items[low] == Int32(second) ? counts[low] : 0
    }

    /// How many steps began at an item.
    func total(_ item: Int) -> Float { counts[starts[item]..<starts[item + 1]].reduce(0, +) }

    /// A random successor; nil if there are none.
    func draw(after item: Int, _ randomness: inout SeededRandomness) -> Int? {
        var (low, high) = (starts[item], starts[item + 1] - 1)
        guard low <= high else { return nil }
        let target = Float(randomness.next() >> 40) * 0x1p-24 * sums[high]
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > target { high = middle } else { low = middle + 1 }
        }
        return Int(items[low])
    }
}
