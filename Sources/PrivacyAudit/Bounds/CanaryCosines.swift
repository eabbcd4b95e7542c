internal import Foundation

/// Cosines of random canary updates, all of them included, with what a federated training released:
/// its last model less the first, or the largest cosine over the rounds' (Andrew et al. 2023,
/// "One-shot empirical privacy estimation for federated learning", arXiv 2302.03098).
///
/// No excluded canaries are needed: the cosine of a direction that was not used has a known
/// distribution, whatever the model.
public struct CanaryCosines: Sendable {
    /// The cosines, from the smallest, in -1...1.
    public let cosines: [Double]
    private let null: RandomCosine

    /// Cosines of at least two canaries in a space of `dimension`, at least 2.
    ///
    /// - Throws: ``AuditError/outOfRange(parameter:value:allowed:)``
    public init(_ cosines: [Double], dimension: Int) throws(AuditError) {
        guard dimension >= 2 else {
            throw .outOfRange(
                parameter: "dimension", value: Double(dimension), allowed: "at least 2")
        }
        guard cosines.count >= 2 else {
            throw .outOfRange(
                parameter: "number of canaries", value: Double(cosines.count),
                allowed: "at least 2")
        }
        if let cosine = cosines.first(where: { !(abs($0) <= 1) }) {
            throw .outOfRange(parameter: "cosine", value: cosine, allowed: "from -1 to 1")
        }
        self.cosines = cosines.sorted()
        null = RandomCosine(dimension: dimension)
    }

    /// An estimate of epsilon, not a bound: that of the normal distribution fitted to the observed
    /// cosines against the one of unused directions, in both directions.
    ///
    /// Below 1,000 dimensions N(0, 1 / d) is not close enough; there every cosine is replaced by
    /// the normal quantile of its exact distribution. `delta` is above 0 and below 1.
    public func estimate(delta: Double) -> Double {
        let scale = Double(null.dimension).squareRoot()
        let scores = cosines.map { null.dimension < 1000 ? null.normalScore($0) : $0 * scale }
        let fit = Moments(scores)
        return NormalPair(mean: fit.mean, deviation: fit.deviation, nullDeviation: 1)
            .epsilon(delta: delta)
    }

    /// The shares of cosines that lie below the thresholds.
    private static let shares = [0.05, 0.5, 0.95]

    /// A bound: ln((TPR - delta) / FPR) and the same for negatives, at thresholds that are order
    /// statistics with ranks fixed in advance. The rates of unused directions are known exactly,
    /// those of canaries limited as explained at ``ClopperPearson``.
    public func bound(at level: AuditLevel) -> AuditBound {
        let error = level.shared(by: 2 * Self.shares.count).errorProbability
        var best = 0.0
        for share in Self.shares {
            let below = Int((share * Double(cosines.count)).rounded(.down))
            let threshold = cosines[below]
            let hits = ClopperPearson.lowerLimit(
                successes: cosines.count - below, trials: cosines.count, errorProbability: error)
            let misses = ClopperPearson.upperLimit(
                successes: below, trials: cosines.count, errorProbability: error)
            let alarms = null.upperTail(threshold)
            let quiet = null.upperTail(-threshold)
            if hits > level.delta { best = max(best, log((hits - level.delta) / alarms)) }
            if quiet > level.delta { best = max(best, log((quiet - level.delta) / misses)) }
        }
        return AuditBound(.oneShotCosine, epsilon: best, at: level)
    }
}
