internal import Sodium

/// Histories as mixtures of a few dozen tastes, each a distribution over items: probabilistic latent
/// semantic analysis (Hofmann 1999) with Dirichlet priors, by expectation maximisation.
///
/// Sums go in a fixed order whatever the number of threads, and use only operations that IEEE 754 rounds
/// exactly, so the same data give the same tastes everywhere.
struct TasteComponents {
    /// The number of tastes, a multiple of ``Block``'s width.
    let count: Int
    /// How often each taste was drawn for each item, item by item, tastes beside each other.
    private var itemCounts: [Block]
    /// The same for each person.
    private(set) var personCounts: [Block]
    /// The sums of ``itemCounts``.
    private var totals: [Block]
    private let popularity: [Float]
    private let events: Float

    typealias Block = SIMD16<Float>
    static let width = 16

    private var blocks: Int { count / Self.width }

    /// What a person's mixture has from everybody's, in interactions.
    private static let personPrior: Float = 1
    /// What a taste has from general popularity, in interactions.
    private static let itemPrior: Float = 20
    private static let parts = 8

    /// - Parameters:
    ///   - histories: The items of each person.
    ///   - counts: How often each item occurs in them.
    ///   - step: Called before each of `iterations` steps; what it throws ends the fit.
    init(
        _ histories: [[Int32]], counts: [Int], tastes: Int, iterations: Int,
        step: (Int) throws -> Void
    ) rethrows {
        count = tastes
        let blocks = tastes / Self.width
        events = Float(max(counts.reduce(0, +), 1))
        let events = events
        popularity = counts.map { Float($0) / events }
        // Every taste begins as a few people's histories among what is popular.
        var randomness = SeededRandomness(seed: 1, label: "population", "tastes")
        itemCounts = [Block](repeating: Block(repeating: 0), count: counts.count * blocks)
        for (item, share) in popularity.enumerated() {
            for block in 0..<blocks {
                itemCounts[item * blocks + block] = Block(repeating: share * events / Float(tastes))
            }
        }
        for taste in 0..<tastes {
            for _ in 0..<max(2, min(20, histories.count / tastes)) {
                let person = randomness.nextIndex(below: histories.count)
                for item in histories[person] {
                    itemCounts[Int(item) * blocks + taste / Self.width][taste % Self.width] += 1
                }
            }
        }
        personCounts = [Block](
            repeating: Block(repeating: 1 / Float(tastes)), count: histories.count * blocks)
        totals = []
        sumUp()
        for iteration in 0..<iterations {
            try step(iteration)
            improve(histories)
        }
    }

    private mutating func sumUp() {
        totals = [Block](repeating: Block(repeating: 0), count: blocks)
        for (place, value) in itemCounts.enumerated() { totals[place % blocks] += value }
    }

    /// One step of expectation maximisation.
    private mutating func improve(_ histories: [[Int32]]) {
        let fitted = self
        let itemShares = fitted.itemShares
        let parts = mapInParallel(Self.parts) { part in
            let first = histories.count * part / Self.parts
            let end = histories.count * (part + 1) / Self.parts
            return fitted.expectation(histories, first..<end, itemShares)
        }
        personCounts = []
        itemCounts = [Block](repeating: Block(repeating: 0), count: itemCounts.count)
        for part in parts {
            personCounts += part.people
            for place in itemCounts.indices { itemCounts[place] += part.items[place] }
        }
        sumUp()
    }

    /// The probability of each item under each taste.
    private var itemShares: [Block] {
        itemCounts.indices.map { place in
            let prior = Self.itemPrior * popularity[place / blocks]
            return (itemCounts[place] + prior) / (totals[place % blocks] + Self.itemPrior)
        }
    }

    /// How often each taste is drawn by the people in `range` and for their items.
    private func expectation(
        _ histories: [[Int32]], _ range: Range<Int>, _ itemShares: [Block]
    ) -> (people: [Block], items: [Block]) {
        let blocks = blocks
        let zero = Block(repeating: 0)
        var items = [Block](repeating: zero, count: itemCounts.count)
        var people = [Block](repeating: zero, count: range.count * blocks)
        var shares = [Block](repeating: zero, count: blocks)
        var odds = shares
        for person in range {
            for block in 0..<blocks {
                shares[block] =
                    personCounts[person * blocks + block] + totals[block] / events
                    * Self.personPrior
            }
            let own = (person - range.lowerBound) * blocks
            for item in histories[person] {
                let place = Int(item) * blocks
                var sum = zero
                for block in 0..<blocks {
                    odds[block] = shares[block] * itemShares[place + block]
                    sum += odds[block]
                }
                let scale = 1 / Self.sum(sum)
                for block in 0..<blocks {
                    let responsibility = odds[block] * scale
                    items[place + block] += responsibility
                    people[own + block] += responsibility
                }
            }
        }
        return (people, items)
    }

    /// The sum of the lanes, in a fixed order.
    private static func sum(_ block: Block) -> Float {
        let eight = block.lowHalf + block.highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }

    /// How probable a taste is in a person's mixture.
    func share(of taste: Int, person: Int) -> Float {
        personCounts[person * blocks + taste / Self.width][taste % Self.width]
    }

    /// How common each taste is among everybody.
    var shares: [Float] { (0..<count).map { totals[$0 / Self.width][$0 % Self.width] / events } }

    /// The weights of all items under a taste.
    func weights(of taste: Int) -> [Float] {
        let (block, lane) = (taste / Self.width, taste % Self.width)
        return popularity.indices.map { item in
            itemCounts[item * blocks + block][lane] + Self.itemPrior * popularity[item]
        }
    }

    /// The taste that an item has most to do with.
    func mainTaste(of item: Int) -> Int {
        (0..<count).max { one, other in
            itemCounts[item * blocks + one / Self.width][one % Self.width]
                < itemCounts[item * blocks + other / Self.width][other % Self.width]
        } ?? 0
    }

    /// The probability that a person turns to `next` by a taste drawn from their mixture, and by the taste
    /// that `last` was chosen by.
    ///
    /// Both are judged without the event itself: what one interaction added to the person's mixture and to
    /// the tastes is taken away.
    func probability(
        of next: Int, after last: Int, person: Int
    ) -> (drawn: Float, stayed: Float) {
        let own = responsibilities(next, person)
        let before = responsibilities(last, person)
        var (drawn, all, stayed): (Float, Float, Float) = (0, 0, 0)
        for taste in 0..<count {
            let (block, lane) = (taste / Self.width, taste % Self.width)
            let mean = totals[block][lane] / events * Self.personPrior
            let share = max(personCounts[person * blocks + block][lane] - own[taste], 0) + mean
            let itemCount =
                max(itemCounts[next * blocks + block][lane] - own[taste], 0)
                + Self.itemPrior * popularity[next]
            let item = itemCount / max(totals[block][lane] + Self.itemPrior - own[taste], 1)
            drawn += share * item
            all += share
            stayed += before[taste] * item
        }
        return (all > 0 ? drawn / all : 0, stayed)
    }

    /// How probably a person's interaction with an item came from each taste.
    private func responsibilities(_ item: Int, _ person: Int) -> [Float] {
        let odds = (0..<count).map { taste -> Float in
            let (block, lane) = (taste / Self.width, taste % Self.width)
            let mean = totals[block][lane] / events * Self.personPrior
            let itemCount =
                itemCounts[item * blocks + block][lane] + Self.itemPrior * popularity[item]
            return (personCounts[person * blocks + block][lane] + mean) * itemCount
                / (totals[block][lane] + Self.itemPrior)
        }
        let all = odds.reduce(0, +)
        return all > 0 ? odds.map { $0 / all } : odds
    }
}
