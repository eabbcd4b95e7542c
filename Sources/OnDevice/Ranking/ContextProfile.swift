internal import Foundation

/// In what circumstances the person chooses which categories, counted on the device alone.
///
/// An item's affinity to a feature is the mean over its categories of log((n + k q) / ((m + k) q)): n
/// of the m choices made under the feature, and a share q of all choices, fell on the category. The k
/// imagined choices keep it near 0 until there is something to go by.
struct ContextProfile: Sendable {
    private var totals: [Double]
    private var total = 0.0
    private var counts: [ContextFeature: (categories: [Double], sum: Double)] = [:]

    /// k.
    private static let imagined = 20.0

    /// A profile over this many categories.
    init(categoryCount: Int) { totals = [Double](repeating: 0, count: categoryCount) }

    /// Counts a choice; a context that is not known counts for the totals alone.
    mutating func add(categories: [Int], context: EventContext?, strength: Double) {
        guard !categories.isEmpty, strength > 0 else { return }
        let share = strength / Double(categories.count)
        total += strength
        for category in categories { totals[category] += share }
        for feature in context.map(ContextFeature.features) ?? [] {
            var known =
                counts[feature] ?? ([Double](repeating: 0, count: totals.count), 0)
            known.sum += strength
            for category in categories { known.categories[category] += share }
            counts[feature] = known
        }
    }

    /// The affinity of an item of these categories to each feature of the context that was met before.
    func affinities(
        categories: [Int], context: EventContext
    ) -> [(feature: ContextFeature, amount: Double)] {
        guard !categories.isEmpty else { return [] }
        return ContextFeature.features(of: context).compactMap { feature in
            guard let known = counts[feature] else { return nil }
            var sum = 0.0
            for category in categories {
                let share = (totals[category] + 1) / (total + Double(totals.count))
                sum += log(
                    (known.categories[category] + Self.imagined * share)
                        / ((known.sum + Self.imagined) * share))
            }
            return (feature, sum / Double(categories.count))
        }
    }
}
