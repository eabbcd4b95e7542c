/// Why an item has its score: parts, one for each past event and each feature, that add up to it.
public struct Explanation: Sendable, Hashable {
    /// The score that is explained.
    public let score: Double
    /// The parts, evidence first, oldest first. They add up to ``score`` but for rounding (1e-9 of the
    /// largest).
    public let parts: [Part]

    /// One part of a score.
    public struct Part: Sendable, Hashable {
        /// What made it.
        public let source: Source
        /// What it added; may be negative.
        public let amount: Double

        init(_ source: Source, _ amount: Double) {
            self.source = source
            self.amount = amount
        }
    }

    /// What can be part of a score.
    public enum Source: Sendable, Hashable {
        /// A past event or an answer; `title` is what its item or category is called.
        case evidence(Evidence.Source, title: String)
        /// The person's habits in a circumstance.
        case habit(ContextFeature)
        /// How popular the item is with everybody.
        case popularity
        /// Re-ranking.
        case adjustment(Placed.Adjustment.Source)
    }

    /// The parts of past events and answers that speak for the item, the strongest first, those of
    /// one item or category added up.
    public var reasons: [(source: Evidence.Source, title: String, amount: Double)] {
        var reasons: [(source: Evidence.Source, title: String, amount: Double)] = []
        var places: [String: Int] = [:]
        for part in parts {
            guard case .evidence(let source, let title) = part.source else { continue }
            if let place = places[title] {
                reasons[place].amount += part.amount
                reasons[place].source = source
            } else {
                places[title] = reasons.count
                reasons.append((source, title, part.amount))
            }
        }
        return reasons.filter { $0.amount > 0 }.sorted { $0.amount > $1.amount }
    }
}
