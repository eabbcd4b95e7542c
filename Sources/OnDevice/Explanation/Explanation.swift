/// Why an item has its score: parts, one for each past event and each feature, that add up to it.
public struct Explanation: Sendable, Hashable {
    /// The identifier of the item.
    public let item: String
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

    /// All that one item or category of the history adds.
    public struct Reason: Sendable, Hashable {
        /// What of it adds the most.
        public let source: Evidence.Source
        /// What the item or category is called.
        public let title: String
        /// What all of it adds.
        public let amount: Double
    }

    /// What raises the score, the strongest first.
    ///
    /// Among it may be what speaks against something: an item that is unlike a skipped one gains.
    public var reasons: [Reason] {
        struct Sum { var (best, title, most, total) = (Evidence.Source?.none, "", 0.0, 0.0) }
        var sums: [Evidence.Subject: Sum] = [:]
        for part in parts {
            guard case .evidence(let source, let title) = part.source else { continue }
            var sum = sums[source.subject] ?? Sum()
            if sum.best == nil || part.amount > sum.most {
                (sum.best, sum.title, sum.most) = (source, title, part.amount)
            }
            sum.total += part.amount
            sums[source.subject] = sum
        }
        return sums.values.compactMap { sum in
            guard let source = sum.best, sum.total > 0 else { return nil }
            return Reason(source: source, title: sum.title, amount: sum.total)
        }.sorted { ($0.amount, $1.title) > ($1.amount, $0.title) }
    }
}
