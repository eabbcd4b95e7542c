internal import Foundation

/// The lower bound on epsilon from one run with many canaries, of any mechanism and scores
/// (Steinke, Nasr and Jagielski 2023, "Privacy auditing with one (1) training run", arXiv
/// 2305.08846, the analysis for approximate differential privacy).
public enum OneRunBound {
    /// The largest probability of that many correct guesses, or more, under (epsilon, delta)
    /// differential privacy, `epsilon` at least 0, `delta` at least 0 and below 1:
    /// P(X >= v) + 2 m delta max over i of P(v - i <= X < v) / i for v correct guesses, m canaries
    /// and X binomial with the probability e^epsilon / (1 + e^epsilon) for each guess.
    public static func pValue(_ guesses: Guesses, epsilon: Double, delta: Double) -> Double {
        let correct = Binomial(trials: guesses.count, probability: 1 / (1 + exp(-epsilon)))
        let mass = delta > 0 ? correct.largestMeanMass(below: guesses.correct) : 0
        let allowance = 2 * Double(guesses.canaries) * delta * mass
        return min(1, correct.atLeast(guesses.correct) + allowance)
    }

    /// The largest epsilon that the guesses refute; 0 if they refute none.
    public static func epsilon(_ guesses: Guesses, at level: AuditLevel) -> Double {
        lastPoint {
            pValue(guesses, epsilon: $0, delta: level.delta) <= level.errorProbability
        }
    }

    /// The best bound from the guesses about several shares of the canaries, fixed in advance.
    public static func bound(_ scores: CanaryScores, at level: AuditLevel) -> AuditBound {
        let each = level.shared(by: Guesses.shares.count)
        let bounds = Guesses.shares.map { epsilon(Guesses(share: $0, of: scores), at: each) }
        return AuditBound(.oneRun, epsilon: bounds.max() ?? 0, at: level)
    }
}
