internal import Recommender
internal import Sodium

/// How well two simple rankers find people's last items from all that came before.
struct LastItemTest {
    /// The different items of each person before the last interaction.
    private var known: [[Int32]]
    /// The last item, where it is new to the person and something is known of them.
    private var targets: [Int32?]
    /// The people who know each item.
    private var audiences: [[Int32]]

    private static let cutoff = 10
    private static let others = 99

    init(_ users: [InteractionData.User], itemCount: Int) {
        known = users.map { Set($0.history.dropLast().map(\.item)).sorted() }
        targets = zip(users, known).map { user, known in
            user.history.last.flatMap {
                known.isEmpty || known.contains($0.item) ? nil : $0.item
            }
        }
        audiences = [[Int32]](repeating: [], count: itemCount)
        for (person, items) in known.enumerated() {
            for item in items { audiences[Int(item)].append(Int32(person)) }
        }
    }

    /// The shares of `limit` people at most, evenly spread, whose last item is found.
    func hitRates(
        people limit: Int, step: () throws -> Void
    ) rethrows -> (popularity: Double, itemToItem: Double) {
        let judged = targets.indices.filter {
            targets[$0] != nil && known[$0].count + Self.others < audiences.count
        }
        let count = min(limit, judged.count)
        var sums = (popularity: 0.0, itemToItem: 0.0)
        let batch = 128
        for first in stride(from: 0, to: count, by: batch) {
            try step()
            let found = mapInParallel(min(batch, count - first)) { place in
                hits(person: judged[(first + place) * judged.count / count])
            }
            for hit in found {
                sums.popularity += hit.popularity
                sums.itemToItem += hit.itemToItem
            }
        }
        let scale = 1 / Double(max(count, 1))
        return (sums.popularity * scale, sums.itemToItem * scale)
    }

    private func hits(person: Int) -> (popularity: Double, itemToItem: Double) {
        guard let target = targets[person] else { return (0, 0) }
        var randomness = SeededRandomness(seed: 0, label: "last item", "\(person)")
        let own = Set(known[person])
        var candidates = [target]
        while candidates.count <= Self.others {
            let item = Int32(randomness.nextIndex(below: audiences.count))
            if item != target, !own.contains(item) { candidates.append(item) }
        }
        // The people's weights are what they share with this one; an item's score is its audience's.
        var weights = [Float](repeating: 0, count: known.count)
        for item in own.sorted() {
            let audience = audiences[Int(item)]
            let weight = 1 / Float(audience.count).squareRoot()
            for other in audience { weights[Int(other)] += weight }
        }
        let popularity = candidates.map { Float(audiences[Int($0)].count) }
        let itemToItem = candidates.map { candidate -> Float in
            let audience = audiences[Int(candidate)]
            guard !audience.isEmpty else { return 0 }
            return audience.reduce(0) { $0 + weights[Int($1)] }
                / Float(audience.count).squareRoot()
        }
        return (Self.hit(popularity), Self.hit(itemToItem))
    }

    /// The chance that the first score is among the best, with ties in random order.
    private static func hit(_ scores: [Float]) -> Double {
        let better = scores.count { $0 > scores[0] }
        let tied = scores.count { $0 == scores[0] }
        return min(max(Double(cutoff - better) / Double(tied), 0), 1)
    }
}
