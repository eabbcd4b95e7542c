internal import Foundation

/// The committee whose members sign the set of survivors before anybody unmasks: its size, and how
/// many of their signatures a device asks for.
///
/// The coordinator must not be able to name one set of survivors to some devices and another to
/// others: it could collect both kinds of shares of one device. Honest members sign one set only,
/// so that two sets with q signatures each from m members need 2q - m members that sign both.
public struct CommitteeSecurity: Sendable, Hashable, Codable {
    /// The number of members.
    public let size: Int
    /// The number of signatures that make a set of survivors final.
    public let quorum: Int

    /// Fixes size and quorum by hand.
    public init(size: Int, quorum: Int) {
        self.size = size
        self.quorum = quorum
    }

    /// A committee about as small as can be, drawn at random from the cohort, for which
    ///
    /// 1. the corrupt members are enough to make two sets final, P[Hypergeometric(n, corrupt, m) >=
    ///    2q - m], with at most a probability of 2^`failureExponent`,
    /// 2. too few members are left to sign, P[Hypergeometric(n, lost, m) > m - q], with at most a
    ///    probability of 2^`lossExponent`: that round is lost, and nothing else.
    ///
    /// - Parameters:
    ///   - cohortSize: The number of devices, at least 2.
    ///   - corruptShare: The share that may collude with the coordinator, from 0 up, below 1.
    ///   - dropoutShare: The share that may be lost before it signs, from 0 up, below 1.
    /// - Throws: ``AggregationError/invalidParameters(_:)`` where not even all devices together are
    ///   enough: the corrupt and twice the lost must be fewer than the cohort.
    public static func choose(
        cohortSize: Int, corruptShare: Double, dropoutShare: Double,
        failureExponent: Double = -40, lossExponent: Double = -20
    ) throws(AggregationError) -> CommitteeSecurity {
        guard (2...AggregationParameters.largestCohort).contains(cohortSize),
            (0..<1).contains(corruptShare), (0..<1).contains(dropoutShare), failureExponent < 0,
            lossExponent < 0
        else {
            throw .invalidParameters(
                "a committee takes 2 to \(AggregationParameters.largestCohort) devices, shares from 0 "
                    + "to below 1 and failure exponents below 0")
        }
        let corrupt = Int((corruptShare * Double(cohortSize)).rounded(.up))
        let lost = Int((dropoutShare * Double(cohortSize)).rounded(.up))
        guard corrupt + 2 * lost < cohortSize else {
            throw .invalidParameters(
                "of \(cohortSize) devices, \(corrupt) corrupt and \(lost) lost leave no honest "
                    + "majority to agree on who survived; lower the shares or enlarge the cohort")
        }
        let tails = HypergeometricTails(largest: cohortSize)
        /// The quorum that leaves enough room for the lost, where it is safe as well.
        func quorum(of size: Int) -> Int? {
            let lostMembers =
                tails.smallestCount(
                    reachedWithLog: lossExponent * log(2), population: cohortSize, marked: lost,
                    draws: size) - 1
            let quorum = size - max(lostMembers, 0)
            guard quorum >= 1 else { return nil }
            let candidate = CommitteeSecurity(size: size, quorum: quorum)
            return candidate.isSafe(
                cohortSize: cohortSize, corrupt: corrupt, failureExponent: failureExponent,
                tails: tails) ? quorum : nil
        }
        // Nearly monotone in the size: doubling and halving end at most a few members above the
        // smallest.
        var size = 1
        while size < cohortSize, quorum(of: size) == nil { size = min(2 * size, cohortSize) }
        var tooSmall = size / 2
        while size - tooSmall > 1 {
            let middle = (size + tooSmall) / 2
            if quorum(of: middle) != nil { size = middle } else { tooSmall = middle }
        }
        return CommitteeSecurity(size: size, quorum: quorum(of: size) ?? cohortSize - lost)
    }

    /// Whether corrupt members are too few to make two sets final, in the sense of 1 of
    /// ``choose(cohortSize:corruptShare:dropoutShare:failureExponent:lossExponent:)``.
    func isSafe(
        cohortSize: Int, corrupt: Int, failureExponent: Double, tails: HypergeometricTails
    ) -> Bool {
        let twice = 2 * quorum - size
        guard twice > 0 else { return false }
        return tails.logAtLeast(twice, population: cohortSize, marked: corrupt, draws: size)
            <= failureExponent * log(2)
    }
}
