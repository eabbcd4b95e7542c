internal import Foundation

/// The classical lower bound on epsilon: from the rates of true and false positives of a threshold,
/// in independent trials, ln((TPR - delta) / FPR), or the same for negatives.
public enum ThresholdBound {
    /// The larger of both directions at one threshold fixed in advance, 0 if neither is above it:
    /// `truePositives` of `positives` included and `falsePositives` of `negatives` excluded
    /// canaries reach it. Four limits share the error probability.
    ///
    /// - Precondition: No count is negative or above its total.
    public static func epsilon(
        truePositives: Int, of positives: Int, falsePositives: Int, of negatives: Int,
        at level: AuditLevel
    ) -> Double {
        let each = level.shared(by: 2)
        let forth = epsilon(
            hits: truePositives, of: positives, alarms: falsePositives, of: negatives, at: each)
        let back = epsilon(
            hits: negatives - falsePositives, of: negatives, alarms: positives - truePositives,
            of: positives, at: each)
        return max(0, forth, back)
    }

    /// The shares of one group's canaries that lie beyond the thresholds.
    private static let shares = [0.01, 0.05, 0.2]

    /// The best bound over several thresholds that are order statistics of one group, their ranks
    /// fixed in advance. The limit for that group's rate holds all the same, as explained at
    /// ``ClopperPearson``, and for the other group, which is independent, the threshold is a fixed
    /// number.
    public static func bound(_ scores: CanaryScores, at level: AuditLevel) -> AuditBound {
        let each = level.shared(by: 2 * shares.count)
        var best = 0.0
        for share in shares {
            let high = rank(share, of: scores.excluded.count)
            let low = rank(share, of: scores.included.count)
            if let high, let low {
                let upper = scores.excluded[high - 1]
                let lower = scores.included[scores.included.count - low]
                best = max(
                    best,
                    epsilon(
                        hits: scores.included.count { $0 > upper }, of: scores.included.count,
                        alarms: high - 1, of: scores.excluded.count, at: each),
                    epsilon(
                        hits: scores.excluded.count { $0 < lower }, of: scores.excluded.count,
                        alarms: low - 1, of: scores.included.count, at: each))
            }
        }
        return AuditBound(.threshold, epsilon: best, at: level)
    }

    /// The rank of a share, from 1; nil where there is nobody.
    private static func rank(_ share: Double, of count: Int) -> Int? {
        count > 0 ? Int((share * Double(count)).rounded(.up)) : nil
    }

    /// ln((lower limit of the hits' rate - delta) / upper limit of the alarms' rate), or minus
    /// infinity.
    private static func epsilon(
        hits: Int, of positives: Int, alarms: Int, of negatives: Int, at level: AuditLevel
    ) -> Double {
        let error = level.errorProbability / 2
        let rate = ClopperPearson.lowerLimit(
            successes: hits, trials: positives, errorProbability: error)
        let alarm = ClopperPearson.upperLimit(
            successes: alarms, trials: negatives, errorProbability: error)
        return rate > level.delta ? log((rate - level.delta) / alarm) : -.infinity
    }
}
