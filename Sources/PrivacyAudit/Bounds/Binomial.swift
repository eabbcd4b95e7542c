internal import DifferentialPrivacy
internal import Foundation

/// The number of successes in independent trials.
struct Binomial {
    let trials: Int
    /// The probability of a success, from 0 to 1.
    let probability: Double

    /// P(X >= `count`), in time proportional to the standard deviation.
    func atLeast(_ count: Int) -> Double {
        if count <= 0 || probability >= 1 { return count <= trials ? 1 : 0 }
        if count > trials || probability <= 0 { return 0 }
        if Double(count) <= Double(trials) * probability {
            let other = Binomial(trials: trials, probability: 1 - probability)
            return 1 - other.atLeast(trials - count + 1)
        }
        let odds = probability / (1 - probability)
        var term = mass(count)
        var sum = term
        var reached = count
        while reached < trials, term > 1e-17 * sum {
            term *= odds * Double(trials - reached) / Double(reached + 1)
            sum += term
            reached += 1
        }
        return sum
    }

    /// The largest of P(`count` - i <= X < `count`) / i over i from 1 to `count`, which is at most
    /// the number of trials; for a probability above 0.
    func largestMeanMass(below count: Int) -> Double {
        // All trials succeed with probability 1: none of the numbers below `count` occurs.
        guard probability < 1, count > 0 else { return 0 }
        var sum = 0.0
        for length in 1...count {
            let term = mass(count - length)
            // The masses rise to the mode and fall after it: once one is below the mean of those
            // before it, so are all that follow.
            guard term * Double(length - 1) >= sum else { return sum / Double(length - 1) }
            sum += term
        }
        return sum / Double(count)
    }

    private func mass(_ count: Int) -> Double {
        exp(logBinomial(count, trials: trials, probability: probability))
    }
}
