internal import Sodium

/// How strongly a release speaks for each canary of which a fair coin decided whether it was in the
/// data.
///
///     let scores = try CanaryScores([(2.1, true), (-0.4, false), (0.3, true), (0.9, false)])
///     let bounds = scores.bounds(at: try AuditLevel(delta: 1e-5))
///
/// A larger score speaks for inclusion. The direction has to be known in advance, as it is for an
/// inner product with the canary's update, which a sum can only carry along: a leak that lowers
/// scores is not looked for, because that would cost half of the error probability.
public struct CanaryScores: Sendable {
    /// The scores of canaries that were in the data, from the largest.
    public let included: [Double]
    /// The scores of canaries that were left out, from the largest.
    public let excluded: [Double]
    /// Whether each canary was included, from the largest score to the smallest, equal ones in a
    /// random order.
    let inclusions: [Bool]

    /// The canaries in an order fixed before the coins were flipped, such as that of their
    /// creation, never group by group.
    ///
    /// Equal scores are ordered by numbers drawn for the positions in that order, from a fixed
    /// seed: they know nothing of inclusion, so a guess among equals is right half of the time.
    /// Takes O(m log m) for m canaries.
    ///
    /// - Throws: ``AuditError/scoreNotFinite``
    public init(_ canaries: [(score: Double, isIncluded: Bool)]) throws(AuditError) {
        guard canaries.allSatisfy({ $0.score.isFinite }) else { throw .scoreNotFinite }
        var randomness = SeededRandomness(seed: 0, label: "order of equal canary scores")
        let sorted = canaries.map { (canary: $0, tieBreak: randomness.next()) }.sorted {
            ($0.canary.score, $0.tieBreak) > ($1.canary.score, $1.tieBreak)
        }.map(\.canary)
        inclusions = sorted.map(\.isIncluded)
        included = sorted.filter(\.isIncluded).map(\.score)
        excluded = sorted.filter { !$0.isIncluded }.map(\.score)
    }

    /// The number of canaries.
    public var count: Int { inclusions.count }
}
