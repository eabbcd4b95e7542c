internal import Foundation
public import Sodium

/// The symmetric Skellam distribution: the difference of two independent Poisson variables of half
/// the variance each. An integer k has the probability exp(-v) I_|k|(v), v the variance and I the
/// modified Bessel function (Agarwal, Kairouz and Liu 2021, "The Skellam Mechanism for
/// Differentially Private Federated Learning", arXiv 2110.04995, section 2).
///
/// Samples follow the distribution exactly, by the method of ``DiscreteGaussian``.
public struct Skellam: IntegerNoise {
    /// The largest accepted variance.
    public static let largestVariance = NoiseDistribution.largestTabulatedVariance

    /// The variance, in ring units squared: a multiple of 2^-16.
    public let variance: Double

    private let sampler: InversionSampler

    /// A distribution of at least the given variance, which is rounded up to a multiple of 2^-16.
    ///
    /// - Parameter variance: In ring units squared, above 0 and at most ``largestVariance``.
    public init(variance: Double) throws(DifferentialPrivacyError) {
        let scaled = try scaledVariance(variance, largest: Self.largestVariance)
        self.variance = Double(scaled) / 0x1p16
        sampler = InversionSampler(.skellam, scaledVariance: scaled)
    }

    /// Replaces `samples` by independent ones, in ring units.
    public func fill(_ samples: inout [Int32], using randomness: inout some RandomSource) {
        sampler.fill(&samples, using: &randomness)
    }

    /// The probability of `value`, to about 12 digits; for checks, not for sampling.
    public func pmf(_ value: Int) -> Double {
        // The mean of exp(v (cos t - 1)) cos(k t) over the circle: the trapezoid rule converges
        // geometrically once there are more nodes than values in reach.
        let reach = abs(value) + Int(20 * variance.squareRoot()) + 60
        let nodes = 2 * reach
        let sum = (0..<nodes).reduce(0.0) { sum, node in
            let angle = 2 * Double.pi * Double(node) / Double(nodes)
            let half = sin(angle / 2)
            return sum + exp(-2 * variance * half * half) * cos(Double(value) * angle)
        }
        return max(0, sum / Double(nodes))
    }
}
