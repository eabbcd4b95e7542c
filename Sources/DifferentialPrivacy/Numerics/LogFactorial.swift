internal import Foundation

/// ln n!
func logFactorial(_ n: Int) -> Double {
    var sign: Int32 = 0
    return lgamma_r(Double(n) + 1, &sign)
}

/// The logarithm of the probability of `k` successes in `trials`, for a probability above 0 and
/// below 1, to some 14 digits at any size: differences of large logarithms never occur (Loader
/// 2000, "Fast and accurate computation of binomial probabilities").
package func logBinomial(_ k: Int, trials: Int, probability: Double) -> Double {
    let (n, x) = (Double(trials), Double(k))
    if k == 0 { return n * log1p(-probability) }
    if k == trials { return n * log(probability) }
    let rest = n - x
    let correction = stirlingError(trials) - stirlingError(k) - stirlingError(trials - k)
    let deviance = deviance(x, n * probability) + deviance(rest, n * (1 - probability))
    return correction - deviance - (log(2 * .pi) + log(x) + log1p(-x / n)) / 2
}

/// ln n! less Stirling's formula.
private func stirlingError(_ n: Int) -> Double {
    if n < 16 {
        let x = Double(n)
        return n == 0
            ? 0 : logFactorial(n) - (x + 0.5) * log(x) + x - log(2 * .pi) / 2
    }
    let y = 1 / (Double(n) * Double(n))
    let series = 1 / 12.0 - y * (1 / 360.0 - y * (1 / 1260.0 - y * (1 / 1680.0 - y / 1188)))
    return series / Double(n)
}

/// x ln(x / m) + m - x, without cancellation near x = m.
private func deviance(_ x: Double, _ mean: Double) -> Double {
    guard abs(x - mean) < 0.1 * (x + mean) else { return x * log(x / mean) + mean - x }
    let v = (x - mean) / (x + mean)
    var sum = (x - mean) * v
    var term = 2 * x * v
    for j in 1..<1000 {
        term *= v * v
        let next = sum + term / Double(2 * j + 1)
        if next == sum { break }
        sum = next
    }
    return sum
}
