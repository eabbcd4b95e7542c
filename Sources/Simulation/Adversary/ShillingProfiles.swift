import Recommender
internal import Sodium

/// Histories of people who do not exist, made to push one item: the attacks of Lam and Riedl,
/// "Shilling recommender systems for fun and profit", WWW 2004, and Mobasher, Burke, Bhaumik and
/// Williams, "Toward trustworthy recommender systems", ACM TOIT 7(4), 2007.
///
/// A profile has the target, *selected* items that the attack needs, and *fillers* that make it look
/// like anybody's:
///
/// | attack | selected | fillers |
/// |---|---|---|
/// | random | none | at random, rated at random around the mean of all ratings |
/// | average | none | at random, rated as each is on average |
/// | bandwagon | the most popular items, rated highest | as in the random attack |
/// | segment | the most popular items of a category, rated highest | at random, rated lowest |
///
/// The target is rated highest. Without ratings an event says only that somebody chose an item, and
/// two of the definitions need another meaning: the average attack then takes its knowledge of each
/// item from how popular it is, and draws fillers with that probability; the segment attack has no
/// fillers, as items that its people dislike are items that they did not choose.
///
/// Fillers come first, then the selected items, then the target: models that look at the order learn
/// that it follows the selected ones.
struct ShillingProfiles: Sendable {
    /// How items are chosen.
    enum Design: Sendable {
        case random, average, bandwagon
        /// By the items of a category, the most popular first.
        case segment([Int])
    }

    private let design: Design
    private let target: Int
    private let fillers: Int
    /// The selected items.
    let selected: [Int]
    private let knowledge: PublicKnowledge
    /// The popularity of the items up to each, for draws by it.
    private let cumulative: [Int]
    private let seed: UInt64

    /// Profiles that push `target`, the same for everybody but for the fillers.
    init(
        _ design: Design, target: Int, fillers: Int, selected: Int, knowledge: PublicKnowledge,
        seed: UInt64
    ) {
        self.design = design
        self.target = target
        self.fillers = fillers
        self.knowledge = knowledge
        self.seed = seed
        let candidates: [Int] =
            switch design {
            case .random, .average: []
            case .bandwagon: knowledge.byPopularity
            case .segment(let items): items
            }
        self.selected = Array(candidates.lazy.filter { $0 != target }.prefix(selected))
        var total = 0
        cumulative = knowledge.popularity.map {
            total += $0
            return total
        }
    }

    /// The history that a device pretends to have, oldest first: a pure function of its number.
    func history(of device: Int) -> [Interaction] {
        var randomness = SeededRandomness(seed: seed, label: "shilling profile", "\(device)")
        var items = fillers(&randomness).map { ($0, fillerRating(of: $0, &randomness)) }
        let highest = knowledge.ratings?.scale.upperBound
        for place in randomness.draw(selected.count, below: selected.count) {
            items.append((selected[place], highest))
        }
        items.append((target, highest))
        return items.enumerated().map { place, item in
            Interaction(item: item.0, timestamp: Int64(place), rating: item.1)
        }
    }

    private func fillers(_ randomness: inout SeededRandomness) -> [Int] {
        var taken = Set(selected + [target])
        switch (design, knowledge.ratings) {
        case (.segment, nil): return []
        case (.average, nil):
            var items: [Int] = []
            let total = cumulative.last ?? 0
            // Where hardly any item is left that somebody knows, the profile stays shorter.
            for _ in 0..<20 * fillers where items.count < fillers && total > 0 {
                let place = randomness.nextIndex(below: total)
                let item = cumulative.firstIndex(above: place)
                if taken.insert(item).inserted { items.append(item) }
            }
            return items
        default:
            let count = knowledge.catalogue.count
            // Enough for those that are taken already.
            return Array(
                randomness.draw(fillers + taken.count, below: count)
                    .filter { !taken.contains($0) }.prefix(fillers))
        }
    }

    private func fillerRating(of item: Int, _ randomness: inout SeededRandomness) -> Float? {
        guard let ratings = knowledge.ratings else { return nil }
        return switch design {
        case .random, .bandwagon:
            ratings.nearest(
                to: ratings.mean + ratings.deviation * Float(randomness.nextNormal()))
        case .average: ratings.nearest(to: ratings.itemMeans[item])
        case .segment: ratings.scale.lowerBound
        }
    }
}

extension [Int] {
    /// The first index of a value above `bound`, in ascending values of which the last is above.
    fileprivate func firstIndex(above bound: Int) -> Int {
        var (low, high) = (0, count - 1)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > bound { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
