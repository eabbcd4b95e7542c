/// Exact confidence limits for a probability of which `successes` in `trials` independent trials
/// were seen (Clopper and Pearson 1934), rounded outwards by 10^-10.
///
/// They also hold where the trials were seen up to an order statistic. With X the j-th largest of n
/// independent scores, the probability of a score above X has the distribution Beta(j, n - j + 1)
/// (or lies below, if scores can be equal), whose quantiles are the upper limits for j - 1
/// successes, and those of n - j + 1 failures.
public enum ClopperPearson {
    /// A limit that lies above the true probability with at most `errorProbability`.
    ///
    /// - Precondition: 0 <= `successes` <= `trials`.
    public static func lowerLimit(
        successes: Int, trials: Int, errorProbability: Double
    ) -> Double {
        precondition(0 <= successes && successes <= trials, "more successes than trials")
        guard successes > 0 else { return 0 }
        return lastPoint(limit: 1) {
            Binomial(trials: trials, probability: $0).atLeast(successes) <= errorProbability
        }
    }

    /// A limit that lies below the true probability with at most `errorProbability`.
    ///
    /// - Precondition: 0 <= `successes` <= `trials`.
    public static func upperLimit(
        successes: Int, trials: Int, errorProbability: Double
    ) -> Double {
        1
            - lowerLimit(
                successes: trials - successes, trials: trials, errorProbability: errorProbability)
    }
}
