internal import Recommender

/// Why an item has its score: parts, one for each past event and each feature, that add up to it.
public struct Explanation: Sendable {
    /// The identifier of the item.
    public let item: String
    /// The score that is explained.
    public let score: Double
    private let evidence: [Evidence]
    /// For each piece of evidence a number that it shares with those about the same.
    private let subjects: [Int]
    private let amounts: [Double]
    private let otherParts: [Part]
    private let catalogue: PublishedCatalogue?

    init(
        item: String, score: Double, evidence: [Evidence], subjects: [Int], amounts: [Double],
        otherParts: [Part], catalogue: PublishedCatalogue?
    ) {
        self.item = item
        self.score = score
        self.evidence = evidence
        self.subjects = subjects
        self.amounts = amounts
        self.otherParts = otherParts
        self.catalogue = catalogue
    }

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
        /// A past event or an answer.
        case evidence(Evidence.Source)
        /// The person's habits in a circumstance.
        case habit(ContextFeature)
        /// How popular the item is with everybody.
        case popularity
        /// What a network makes of everything together, beside what single items of the history add.
        case combination
        /// Re-ranking.
        case adjustment(Placed.Adjustment.Source)
    }

    /// The parts, evidence first, oldest first. They add up to ``score`` but for rounding (1e-9 of the
    /// largest).
    public var parts: [Part] {
        zip(evidence, amounts).map { Part(.evidence($0.source), $1) } + otherParts
    }

    /// What habits, popularity or the combination, and re-ranking add: the parts after the evidence.
    public var partsBesideEvidence: [Part] { otherParts }

    /// Whether anything is known of the person.
    var hasEvidence: Bool { !evidence.isEmpty }

    /// What a piece of evidence is about, as the catalogue calls it.
    public func title(of source: Evidence.Source) -> String {
        switch source.subject {
        case .item(let identifier):
            catalogue.flatMap { names in names.item(identifier).map(names.title) } ?? identifier
        case .category(let name): name
        }
    }

    /// All that one item or category of the history adds.
    public struct Reason: Sendable, Hashable {
        /// What of it adds the most.
        public let source: Evidence.Source
        /// What all of it adds.
        public let amount: Double
    }

    /// What raises the score, the strongest first.
    ///
    /// Among it may be what speaks against something: an item that is unlike a skipped one gains.
    public var reasons: [Reason] {
        var sums = [(best: Int, total: Double)?](
            repeating: nil, count: (subjects.max() ?? -1) + 1)
        for (place, amount) in amounts.enumerated() {
            let known = sums[subjects[place]] ?? (place, 0)
            let best = amount > amounts[known.best] ? place : known.best
            sums[subjects[place]] = (best, known.total + amount)
        }
        return sums.compactMap { $0 }.filter { $0.total > 0 }
            .sorted { ($0.total, $1.best) > ($1.total, $0.best) }
            .map { Reason(source: evidence[$0.best].source, amount: $0.total) }
    }
}
