import Foundation
import Learning
import Recommender

/// A few people's histories with something in them to be learned, and what each did next.
struct SmallData {
    let itemCount: Int
    var histories: [[Interaction]] = []
    /// What each person did next, which training does not see.
    var next: [Int32] = []

    /// Everybody likes one of four groups of items: those whose numbers leave the same remainder.
    ///
    /// - Parameters:
    ///   - people: How many people.
    ///   - items: How many items.
    ///   - unmet: How many more items, which nobody met.
    ///   - isRated: Whether half of a history lies outside the group and is rated 1, what lies
    ///     inside being rated 5. Else nothing is rated and all lies inside.
    ///   - seed: Chooses.
    static func groups(
        people: Int = 60, items: Int = 40, unmet: Int = 0, isRated: Bool = false, seed: UInt64 = 1
    ) -> SmallData {
        var random = SplitMix64(seed: seed)
        var data = SmallData(itemCount: items + unmet)
        for person in 0..<people {
            let liked = (0..<items).filter { $0 % 4 == person % 4 }.shuffled(using: &random)
            let others = (0..<items).filter { $0 % 4 != person % 4 }.shuffled(using: &random)
            let chosen = liked.prefix(6) + (isRated ? others.prefix(6) : [])
            data.add(
                chosen.map { ($0, isRated ? ($0 % 4 == person % 4 ? 5 : 1) : nil) }
                    .shuffled(using: &random),
                next: liked[6])
        }
        return data
    }

    /// Every other step leads to an item at random, and the step after it from each item to the same
    /// one, always; the last step is of the second kind.
    static func pairs(people: Int = 400, items: Int = 30, seed: UInt64 = 1) -> SmallData {
        var random = SplitMix64(seed: seed)
        var data = SmallData(itemCount: items)
        for _ in 0..<people {
            var visited: [Int] = []
            while visited.count < 6 {
                let item = random.next(below: items)
                // Back from the item would be another one, met as often beside it.
                let next = (item + 7) % items
                if !visited.contains(item), !visited.contains(next) { visited += [item, next] }
            }
            data.add(visited.dropLast().map { ($0, nil) }, next: visited[5])
        }
        return data
    }

    /// Everybody does the same: in each quarter of a day, items of another group. What comes next
    /// comes in the quarter of the last interaction.
    static func quarters(people: Int = 60, items: Int = 40, seed: UInt64 = 1) -> SmallData {
        var random = SplitMix64(seed: seed)
        var data = SmallData(itemCount: items)
        for person in 0..<people {
            let chosen = (0..<items).shuffled(using: &random).prefix(6)
            let next = (0..<items).filter {
                $0 % 4 == chosen[5] % 4 && !chosen.contains($0)
            }
            data.add(chosen.map { ($0, nil) }, next: next[random.next(below: next.count)])
            data.histories[person] = chosen.enumerated().map { day, item in
                let hour = 6 * (item % 4) + random.next(below: 6)
                // The second of a midnight.
                let time = 1_600_041_600 + 86_400 * Int64(day) + 3600 * Int64(hour)
                return Interaction(item: item, timestamp: time)
            }
        }
        return data
    }

    /// Nobody likes anything in particular, but the lower an item's number, the more people met it:
    /// the density of the logarithm of the number is even.
    static func popular(people: Int = 120, items: Int = 300, seed: UInt64 = 1) -> SmallData {
        var random = SplitMix64(seed: seed)
        var data = SmallData(itemCount: items)
        for _ in 0..<people {
            var chosen: [Int] = []
            while chosen.count < 9 {
                let item = Int(pow(Double(items), Double(random.nextUniform()))) - 1
                if !chosen.contains(item) { chosen.append(item) }
            }
            data.add(chosen.dropLast().map { ($0, nil) }, next: chosen[8])
        }
        return data
    }

    /// Of each item, the group, in words and as a vector.
    func attributes(contentWidth: Int = 0, hasText: Bool = true) -> ItemAttributes {
        let items = (0..<itemCount).map { item in
            Catalogue.Item(
                id: "\(item)", title: hasText ? "Number \(item) of group-\(item % 4)" : "",
                categories: hasText ? ["group \(item % 4)"] : [],
                year: hasText ? 1980 + 10 * (item % 4) : nil,
                content: (0..<contentWidth).map { $0 == item % 4 ? 1 : -0.2 })
        }
        return ItemAttributes(of: Catalogue(items: items), buckets: 64)
    }

    /// Pictures of each item: stripes as wide as the group's number, or a plain one, at random
    /// places and in two colours of random strength.
    func pictures(seed: UInt64 = 1) -> Catalogue {
        var random = SplitMix64(seed: seed)
        let items = (0..<itemCount).map { item in
            let (shift, group) = (random.next(below: 4), item % 4)
            let (first, second) = (0.5 + random.nextUniform(), 0.5 + random.nextUniform())
            let pixels = (0..<8).flatMap { y in
                (0..<9).flatMap { x -> [Float] in
                    let isOn =
                        switch group {
                        case 0: (x + shift) % 2 == 0
                        case 1: (y + shift) % 2 == 0
                        case 2: (x + y + shift) % 2 == 0
                        default: true
                        }
                    return isOn ? [first, second] : [-first, -second]
                }
            }
            return Catalogue.Item(id: "\(item)", content: pixels)
        }
        return Catalogue(items: items)
    }

    /// The same, as networks take them.
    func images() -> ItemImages { ItemImages(of: pictures(), height: 8, width: 9) }

    private mutating func add(_ events: [(item: Int, rating: Float?)], next: Int) {
        histories.append(
            events.enumerated().map { place, event in
                Interaction(
                    item: event.item, timestamp: 1_600_000_000 + 5_000 * Int64(place),
                    rating: event.rating)
            })
        self.next.append(Int32(next))
    }

    /// Where what a person did next lies among the items not met, from 0 for first to 1 for last;
    /// 0.5 by chance.
    func rank(of person: Int, by scores: [Float]) -> Double {
        let met = Set(histories[person].map(\.item))
        let next = scores[Int(next[person])]
        let others = scores.indices.filter {
            !met.contains(Int32($0)) && Int32($0) != self.next[person]
        }
        let above = others.reduce(0.0) {
            $0 + (scores[$1] > next ? 1 : scores[$1] == next ? 0.5 : 0)
        }
        return above / Double(others.count)
    }
}
