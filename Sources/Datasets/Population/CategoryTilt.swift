internal import Recommender
internal import Sodium

/// How much likelier than by chance an item is that has a category in common with the one before.
struct CategoryTilt {
    private let categories: [[Int32]]
    /// The odds that an item is taken that has none in common when it comes up.
    private var odds: Float = 1

    /// How many steps there are, and how many to an item with a category in common.
    struct Steps {
        var all = 0
        var same = 0
    }

    /// No tilt.
    init(_ catalogue: Catalogue) {
        var numbers: [String: Int32] = [:]
        categories = catalogue.items.map { item in
            Set(item.categories).sorted().map { name in
                let number = numbers[name] ?? Int32(numbers.count)
                numbers[name] = number
                return number
            }
        }
    }

    private func isSame(_ one: Int, _ other: Int) -> Bool {
        categories[other].contains(where: categories[one].contains)
    }

    func count(_ histories: [[Int32]]) -> Steps {
        var steps = Steps()
        for history in histories {
            for (last, next) in zip(history, history.dropFirst()) where last != next {
                steps.all += 1
                if isSame(Int(last), Int(next)) { steps.same += 1 }
            }
        }
        return steps
    }

    /// Changes the odds so that a population with the steps `sampled` comes closer to `wanted`.
    mutating func improve(from sampled: Steps, to wanted: Steps) {
        guard wanted.same > 0, wanted.same < wanted.all else { return }
        func odds(_ steps: Steps) -> Double {
            (Double(steps.same) + 1) / Double(steps.all - steps.same + 1)
        }
        // An item that is hardly ever taken costs as many draws.
        self.odds = min(max(self.odds * Float(odds(sampled) / odds(wanted)), 0.1), 1)
    }

    /// Whether an item that came up after `last` is taken.
    func takes(_ item: Int, after last: Int32?, _ randomness: inout SeededRandomness) -> Bool {
        guard odds < 1, let last, !isSame(Int(last), item) else { return true }
        return Float(randomness.nextUnit()) < odds
    }
}
