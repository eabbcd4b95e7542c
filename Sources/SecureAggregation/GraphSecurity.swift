internal import Foundation

/// The degree of the neighbour graph and the secret-sharing threshold.
public struct GraphSecurity: Sendable, Hashable, Codable {
    /// How many neighbours each device has.
    public let degree: Int
    /// How many neighbours' shares restore a device's secrets.
    public let threshold: Int

    /// Fixes degree and threshold by hand.
    public init(degree: Int, threshold: Int) {
        self.degree = degree
        self.threshold = threshold
    }

    /// The smallest degree, with a threshold, for which each of three failures has at most a
    /// probability of 2^`failureExponent` over the random graph (Bell et al., CCS 2020, section 3.4):
    ///
    /// 1. some device has `threshold` or more corrupt neighbours, who could restore its secrets:
    ///    cohort x P[Hypergeometric(n - 1, corrupt, k) >= t];
    /// 2. some device has fewer than `threshold` neighbours left after dropout, so that the sum is
    ///    lost: cohort x P[Hypergeometric(n - 1, n - 1 - dropped, k) < t];
    /// 3. corrupt and dropped devices cut the ring, so that a part of it could be unmasked alone. A
    ///    cut needs k/2 of them in a row: at most cohort x ((corrupt + dropped) / n)^(k/2).
    ///
    /// The complete graph needs no chance: t is one above the corrupt devices, or as close to the
    /// middle between them and the survivors as there is room.
    ///
    /// - Parameters:
    ///   - cohortSize: The number of devices, at least 2.
    ///   - corruptShare: The share that may collude with the coordinator, from 0 up, below 1.
    ///   - dropoutShare: The share that may be lost in the course of the sum, from 0 up, below 1.
    ///   - failureExponent: The binary logarithm of the tolerated probability, below 0.
    /// - Throws: ``AggregationError/invalidParameters(_:)`` where no threshold can serve both sides.
    public static func choose(
        cohortSize: Int, corruptShare: Double, dropoutShare: Double, failureExponent: Double = -40
    ) throws(AggregationError) -> GraphSecurity {
        guard (2...AggregationParameters.largestCohort).contains(cohortSize),
            (0..<1).contains(corruptShare), (0..<1).contains(dropoutShare), failureExponent < 0
        else {
            throw .invalidParameters(
                "a graph takes 2 to \(AggregationParameters.largestCohort) devices, shares from 0 to "
                    + "below 1 and a failure exponent below 0")
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
        let tolerated = failureExponent * log(2) - log(Double(cohortSize))
        let cutShare = Double(corrupt + dropped) / Double(cohortSize)
        var degree = 2
        while degree < others {
            let connected = cutShare == 0 || Double(degree / 2) * log(cutShare) <= tolerated
            let threshold = max(
                1,
                tails.smallestCount(
                    reachedWithLog: tolerated, population: others, marked: corrupt, draws: degree))
            if connected, threshold <= degree,
                tails.logAtLeast(
                    degree - threshold + 1, population: others, marked: dropped, draws: degree)
                    <= tolerated
            {
                return GraphSecurity(degree: degree, threshold: threshold)
            }
            degree += 2
        }
        return GraphSecurity(
            degree: others, threshold: max(corrupt + 1, (corrupt + others - dropped + 1) / 2))
    }

    /// Whether this graph protects a cohort as ``choose(cohortSize:corruptShare:dropoutShare:failureExponent:)``
    /// asks for: failures 1 and 3 there have at most the stated probability when as many as `lost` devices
    /// are lost. Failure 2, a lost sum, harms nobody.
    func protects(
        cohortSize: Int, corruptShare: Double, lost: Int, failureExponent: Double
    ) -> Bool {
        let corrupt = Int((corruptShare * Double(cohortSize)).rounded(.up))
        guard degree < cohortSize - 1 else { return threshold > corrupt }
        let tolerated = failureExponent * log(2) - log(Double(cohortSize))
        let cutShare = Double(corrupt + lost) / Double(cohortSize)
        return HypergeometricTails(largest: cohortSize).logAtLeast(
            threshold, population: cohortSize - 1, marked: corrupt, draws: degree) <= tolerated
            && (cutShare == 0 || Double(degree / 2) * log(cutShare) <= tolerated)
    }
}
