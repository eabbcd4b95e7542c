internal import Foundation

/// ln n!
func logFactorial(_ n: Int) -> Double {
    var sign: Int32 = 0
    return lgamma_r(Double(n) + 1, &sign)
}

/// The logarithm of the probability of `k` successes in `trials`, for a probability above 0 and below 1.
func logBinomial(_ k: Int, trials: Int, probability: Double) -> Double {
    let ways = logFactorial(trials) - logFactorial(k) - logFactorial(trials - k)
    return ways + Double(k) * log(probability) + Double(trials - k) * log1p(-probability)
}
