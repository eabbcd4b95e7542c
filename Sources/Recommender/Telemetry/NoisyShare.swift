internal import Foundation

/// A share of a total, estimated where part and rest are known up to normal noise.
public struct NoisyShare: Sendable, Hashable {
    /// The estimate, from 0 to 1; 0 where the total is not above 0.
    public let value: Double
    /// Where the share lies, within 0 to 1; all of that where the total is lost in the noise.
    public let interval: ClosedRange<Double>

    /// The share of `part` in `part + rest`. The interval is Fieller's (J. R. Statist. Soc. B 16,
    /// 1954): all shares r that (1 - r) part - r rest, which is normal around 0 for the true one,
    /// does not speak against. It is exact, unlike one from a linearised quotient.
    ///
    /// - Parameters:
    ///   - part: The estimate of the part.
    ///   - partVariance: The variance of its noise.
    ///   - rest: The estimate of the rest, whose noise is independent.
    ///   - restVariance: The variance of that noise.
    ///   - deviations: The half width of the interval in standard deviations.
    init(
        part: Double, partVariance: Double, rest: Double, restVariance: Double, deviations: Double
    ) {
        let total = part + rest
        value = total > 0 ? min(max(part / total, 0), 1) : 0
        // (part - r total)^2 <= z^2 ((1 - r)^2 v + r^2 w), as a r^2 - 2 b r + c <= 0.
        let square = deviations * deviations
        let a = total * total - square * (partVariance + restVariance)
        let b = part * total - square * partVariance
        let c = part * part - square * partVariance
        guard total > 0, a > 0 else {
            interval = 0...1
            return
        }
        let half = max(0, b * b - a * c).squareRoot()
        let bounds = [(b - half) / a, (b + half) / a].map { min(max($0, 0), 1) }
        interval = bounds[0]...bounds[1]
    }
}

/// The number of standard deviations on either side that a normal variable stays within with
/// probability `confidence`, from 0 to below 1.
func normalDeviations(confidence: Double) -> Double {
    precondition((0..<1).contains(confidence), "a confidence from 0 to below 1")
    var (low, high) = (0.0, 40.0)
    for _ in 0..<60 {
        let middle = (low + high) / 2
        if erfc(middle / 2.0.squareRoot()) > 1 - confidence { low = middle } else { high = middle }
    }
    return (low + high) / 2
}
