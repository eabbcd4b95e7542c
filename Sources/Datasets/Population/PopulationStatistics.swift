internal import Foundation
internal import Recommender

/// What a recommender sees of a population, in figures.
package struct PopulationStatistics: Sendable, Hashable, Codable {
    /// How many people the figures are of.
    package var people = 0
    package var interactions = 0
    /// The history lengths that 10, 50, 90 and 99 % of the people do not exceed.
    package var lengthQuantiles: [Int] = []
    /// The items that occur.
    package var items = 0
    /// The Gini coefficient of how often the items of the catalogue occur: 0 if all equally, 1 if one only.
    package var popularityGini = 0.0
    /// The share of interactions with an item that the person had before.
    package var repeats = 0.0
    /// The share of steps from an item to one with a category in common; nil without categories.
    package var sameCategorySteps: Double?
    /// The mean over people of how many equally frequent categories would be as mixed as theirs, the
    /// exponential of the entropy; nil without categories.
    package var categoriesPerPerson: Double?
    /// The share of interactions with a rating.
    package var rated = 0.0
    /// Nil without ratings.
    package var meanRating: Double?
    /// How often people's last item, new to them, is among the first 10 of it and 99 random others that
    /// are new to them, by how many people have them.
    package var popularityHitRate = 0.0
    /// The same by the cosine of the people who have them and the items of the person's history.
    package var itemToItemHitRate = 0.0

    /// How often each item of the catalogue occurs.
    package private(set) var itemCounts: [Int] = []
    /// The lengths of histories, ascending.
    package private(set) var lengths: [Int] = []

    private enum CodingKeys: CodingKey {
        case people, interactions, lengthQuantiles, items, popularityGini, repeats
        case sameCategorySteps, categoriesPerPerson, rated, meanRating
        case popularityHitRate, itemToItemHitRate
    }

    /// Looks at `limit` people at most, evenly spread over the data.
    ///
    /// - Parameter step: Called now and then; what it throws ends it.
    package init(
        of data: InteractionColumns, people limit: Int, step: () throws -> Void = {}
    ) rethrows {
        try step()
        let count = min(limit, data.count)
        let users = (0..<count).map { data.user($0 * data.count / count) }
        people = count
        interactions = users.reduce(0) { $0 + $1.history.count }
        lengths = users.map(\.history.count).sorted()
        lengthQuantiles = [10, 50, 90, 99].map { percent in
            lengths.isEmpty ? 0 : lengths[(lengths.count - 1) * percent / 100]
        }
        itemCounts = [Int](repeating: 0, count: data.catalogue.count)
        for user in users { for event in user.history { itemCounts[Int(event.item)] += 1 } }
        items = itemCounts.count { $0 > 0 }
        popularityGini = Self.gini(itemCounts)
        let fresh = users.reduce(0) { $0 + Set($1.history.map(\.item)).count }
        repeats = 1 - Double(fresh) / Double(max(interactions, 1))
        let ratings = users.flatMap { $0.history.compactMap(\.rating) }
        rated = Double(ratings.count) / Double(max(interactions, 1))
        if !ratings.isEmpty {
            meanRating = ratings.reduce(0) { $0 + Double($1) } / Double(ratings.count)
        }
        measureCategories(users, data.catalogue)
        try step()
        let test = LastItemTest(users, itemCount: data.catalogue.count)
        (popularityHitRate, itemToItemHitRate) = try test.hitRates(people: 2_000, step: step)
    }

    private static func gini(_ counts: [Int]) -> Double {
        let total = counts.reduce(0, +)
        guard total > 0 else { return 0 }
        let weighted = counts.sorted().enumerated().reduce(0.0) {
            $0 + Double(2 * $1.offset + 1 - counts.count) * Double($1.element)
        }
        return weighted / (Double(counts.count) * Double(total))
    }

    private mutating func measureCategories(
        _ users: [InteractionData.User], _ catalogue: Catalogue
    ) {
        var numbers: [String: Int] = [:]
        let categories = catalogue.items.map { item in
            item.categories.map { name in
                numbers[name]
                    ?? {
                        numbers[name] = numbers.count
                        return numbers.count - 1
                    }()
            }
        }
        guard !numbers.isEmpty else { return }
        var (steps, same, mixtures) = (0, 0, 0.0)
        for user in users {
            for (last, next) in zip(user.history, user.history.dropFirst()) {
                steps += 1
                let before = categories[Int(last.item)]
                if categories[Int(next.item)].contains(where: before.contains) { same += 1 }
            }
            var shares: [Int: Double] = [:]
            for event in user.history {
                let own = categories[Int(event.item)]
                for category in own { shares[category, default: 0] += 1 / Double(own.count) }
            }
            // In order, so that the last digit is the same every time.
            let values = shares.values.sorted()
            let total = values.reduce(0, +)
            let entropy = values.reduce(0) { $0 - $1 / total * log($1 / total) }
            mixtures += exp(entropy)
        }
        sameCategorySteps = Double(same) / Double(max(steps, 1))
        categoriesPerPerson = mixtures / Double(max(users.count, 1))
    }
}
