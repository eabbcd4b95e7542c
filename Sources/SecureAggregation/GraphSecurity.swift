internal import Foundation

/// The degree of the neighbour graph, the secret-sharing threshold, and how densely survivors must
/// stand.
public struct GraphSecurity: Sendable, Hashable, Codable {
    /// How many neighbours each device has.
    public let degree: Int
    /// How many neighbours' shares restore a device's secrets.
    public let threshold: Int
    /// How many survivors there must be at every `degree / 2` places of the ring in a row; 0 where
    /// the graph is complete.
    public let leastInWindow: Int

    /// Fixes all three by hand.
    public init(degree: Int, threshold: Int, leastInWindow: Int = 0) {
        self.degree = degree
        self.threshold = threshold
        self.leastInWindow = leastInWindow
    }

    /// The smallest degree, with a threshold, for which the graph is safe and sums are seldom lost
    /// (after Bell et al., CCS 2020, section 3.4; the coordinator chooses whom it loses, so that
    /// nothing is left to chance there).
    ///
    /// Secrets are safe but for a probability of 2^`failureExponent` each, over the random graph
    /// and all devices:
    ///
    /// 1. no device has `threshold` or more corrupt neighbours, who could restore its secrets:
    ///    n P[Hypergeometric(n - 1, corrupt, k) >= t];
    /// 2. no window of k/2 places of the ring holds `leastInWindow` or more corrupt devices: n
    ///    P[Hypergeometric(n, corrupt, k/2) >= w]. Devices refuse survivors of whom a window holds
    ///    fewer, so that each window has an honest one: the honest survivors are connected, and no
    ///    part of them can be unmasked alone.
    ///
    /// A sum is lost with a probability of 2^`lossExponent` each, if the lost are a random share:
    ///
    /// 3. some device has fewer than `threshold` neighbours left;
    /// 4. some window has fewer than `leastInWindow` survivors.
    ///
    /// The complete graph needs no chance: t is one above the corrupt devices, or as close to the
    /// middle between them and the survivors as there is room.
    ///
    /// - Parameters:
    ///   - cohortSize: The number of devices, at least 2.
    ///   - corruptShare: The share that may collude with the coordinator, from 0 up, below 1.
    ///   - dropoutShare: The share that may be lost in the course of the sum, from 0 up, below 1.
    ///   - failureExponent: The binary logarithm of the tolerated probability of a leak, below 0.
    ///   - lossExponent: The binary logarithm of the tolerated probability of a lost sum, below 0.
    /// - Throws: ``AggregationError/invalidParameters(_:)`` where no threshold can serve both
    ///   sides.
    public static func choose(
        cohortSize: Int, corruptShare: Double, dropoutShare: Double,
        failureExponent: Double = -40, lossExponent: Double = -20
    ) throws(AggregationError) -> GraphSecurity {
        guard (2...AggregationParameters.largestCohort).contains(cohortSize),
            (0..<1).contains(corruptShare), (0..<1).contains(dropoutShare), failureExponent < 0,
            lossExponent < 0
        else {
            throw .invalidParameters(
                "a graph takes 2 to \(AggregationParameters.largestCohort) devices, shares from 0 to "
                    + "below 1 and failure exponents below 0")
        }
        let others = cohortSize - 1
        let corrupt = Int((corruptShare * Double(cohortSize)).rounded(.up))
        let dropped = Int((dropoutShare * Double(cohortSize)).rounded(.up))
        guard corrupt + dropped < others else {
            throw .invalidParameters(
                "of \(cohortSize) devices, \(corrupt) corrupt and \(dropped) lost leave no room "
                    + "for a threshold; lower the shares or enlarge the cohort")
        }
        let tails = HypergeometricTails(largest: cohortSize)
        let leak = failureExponent * log(2) - log(Double(cohortSize))
        let loss = lossExponent * log(2) - log(Double(cohortSize))
        for degree in stride(from: 2, to: others, by: 2) {
            let threshold = max(
                1,
                tails.smallestCount(
                    reachedWithLog: leak, population: others, marked: corrupt, draws: degree))
            let window = degree / 2
            let least = max(
                1,
                tails.smallestCount(
                    reachedWithLog: leak, population: cohortSize, marked: corrupt, draws: window))
            if threshold <= degree, least <= window,
                tails.logAtLeast(
                    degree - threshold + 1, population: others, marked: dropped, draws: degree)
                    <= loss,
                tails.logAtLeast(
                    window - least + 1, population: cohortSize, marked: dropped, draws: window)
                    <= loss
            {
                return GraphSecurity(
                    degree: degree, threshold: threshold, leastInWindow: least)
            }
        }
        return GraphSecurity(
            degree: others, threshold: max(corrupt + 1, (corrupt + others - dropped + 1) / 2))
    }

    /// Whether this graph keeps secrets with `corrupt` devices, but for a probability of
    /// 2^`failureExponent` each: 1 and 2 of
    /// ``choose(cohortSize:corruptShare:dropoutShare:failureExponent:lossExponent:)``.
    func protects(
        cohortSize: Int, corrupt: Int, failureExponent: Double, tails: HypergeometricTails
    ) -> Bool {
        guard corrupt < cohortSize - 1 else { return false }
        guard degree < cohortSize - 1 else { return threshold > corrupt }
        let tolerated = failureExponent * log(2) - log(Double(cohortSize))
        return tails.logAtLeast(
            threshold, population: cohortSize - 1, marked: corrupt, draws: degree) <= tolerated
            && tails.logAtLeast(
                leastInWindow, population: cohortSize, marked: corrupt, draws: degree / 2)
                <= tolerated
    }
}
