/// The lower bound on epsilon from one run that refutes trade-off curves (Mahloujifar, Melis and
/// Chaudhuri 2024, "Auditing f-differential privacy in one run", arXiv 2410.22235).
///
/// Against the curve of (epsilon, delta) differential privacy nothing is assumed: this is a second
/// proof beside ``OneRunBound``, better where few guesses are made and delta matters. Against the
/// curves of Gaussian mechanisms it refutes that a mechanism is mu-GDP, and the epsilon of the
/// largest refuted mu is a bound for mechanisms that owe their privacy to such a curve.
public enum OneRunTradeOffBound {
    /// The largest epsilon such that the guesses refute (epsilon, delta) differential privacy; 0 if
    /// they refute none.
    public static func epsilon(_ guesses: Guesses, at level: AuditLevel) -> Double {
        epsilon(guesses, at: level, above: 0)
    }

    /// The largest mu such that the guesses refute mu-GDP; 0 if they refute none.
    public static func mu(_ guesses: Guesses, at level: AuditLevel) -> Double {
        mu(guesses, at: level, above: 0)
    }

    /// The best bounds of both kinds from the guesses about several shares of the canaries, fixed
    /// in advance.
    public static func bounds(_ scores: CanaryScores, at level: AuditLevel) -> [AuditBound] {
        let each = level.shared(by: Guesses.shares.count)
        var (epsilon, mu) = (0.0, 0.0)
        for share in Guesses.shares {
            let guesses = Guesses(share: share, of: scores)
            // A share that does not refute more than those before it costs one recursion.
            epsilon = self.epsilon(guesses, at: each, above: epsilon)
            mu = self.mu(guesses, at: each, above: mu)
        }
        let gaussian = NormalPair(mu: mu).epsilon(delta: level.delta)
        return [
            AuditBound(.oneRunTradeOff, epsilon: epsilon, at: level),
            AuditBound(.oneRunGaussian, epsilon: gaussian, at: level),
        ]
    }

    private static func epsilon(
        _ guesses: Guesses, at level: AuditLevel, above start: Double
    ) -> Double {
        lastPoint(from: start) {
            refutes(
                guesses, ApproximateTradeOff(epsilon: $0, delta: level.delta),
                errorProbability: level.errorProbability)
        }
    }

    private static func mu(
        _ guesses: Guesses, at level: AuditLevel, above start: Double
    ) -> Double {
        lastPoint(from: start) {
            refutes(
                guesses, GaussianTradeOff(mu: $0), errorProbability: level.errorProbability)
        }
    }

    /// Whether as many correct guesses, or more, have at most the given probability under a claim,
    /// in time proportional to the number of correct guesses.
    ///
    /// Supposing that they have more, the paper's recursion goes down from that number with lower
    /// bounds on two sums over the numbers j above i: of P(j correct) j / m and of
    /// P(j correct) (n - j) / m, for n guesses about m canaries. The first is a rate of true
    /// positives of guesses at random canaries; the second, one further down, bounds the rate of
    /// false ones. All of it is n / m: more is the contradiction.
    private static func refutes(
        _ guesses: Guesses, _ claim: some TradeOffHypothesis, errorProbability: Double
    ) -> Bool {
        let (n, m) = (Double(guesses.count), Double(guesses.canaries))
        // Half of the guesses come true by chance.
        guard 2 * guesses.correct > guesses.count else { return false }
        var right = errorProbability * Double(guesses.correct) / m
        var wrong = errorProbability * (n - Double(guesses.correct)) / m
        for index in stride(from: guesses.correct - 1, through: 0, by: -1) {
            let next = max(wrong, claim.falsePositives(atTruePositives: right))
            right += Double(index) / (n - Double(index)) * (next - wrong)
            wrong = next
            // Both only grow.
            if right + wrong > n / m { return true }
        }
        return false
    }
}
