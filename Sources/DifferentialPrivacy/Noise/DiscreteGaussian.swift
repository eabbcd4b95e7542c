internal import Foundation
public import Sodium

/// The discrete Gaussian distribution: the integers k, each with a probability proportional to
/// exp(-k^2 / (2 variance)) (Canonne, Kamath and Steinke 2020, arXiv 2004.00010, Definition 1).
///
/// A sum of integers with L2 sensitivity D, to each coordinate of which such noise is added,
/// satisfies rho-zCDP with rho = D^2 / (2 variance) (Theorem 4 there). Samples follow the
/// distribution exactly: no random decision is taken in floating point, and none is rounded.
///
/// Making one of a standard deviation up to ``largestTabulatedDeviation`` computes tables, so make
/// it once and share it. The time that sampling takes depends on the samples.
public struct DiscreteGaussian: IntegerNoise {
    /// The largest accepted variance.
    public static let largestVariance = 0x1p44
    /// The standard deviation up to which tables are used; larger ones are sampled by rejection,
    /// at a hundredth of the speed.
    public static let largestTabulatedDeviation = 4096.0

    private enum Sampler: Sendable {
        case inversion(InversionSampler)
        case rejection(DiscreteGaussianRejectionSampler)
    }

    /// The parameter sigma^2, in ring units squared: a multiple of 2^-16. The true variance is
    /// slightly below it where it is small (0.9999998 at 1).
    public let variance: Double

    private let sampler: Sampler

    /// A distribution of at least the given variance, which is rounded up to a multiple of 2^-16.
    ///
    /// - Parameter variance: In ring units squared, above 0 and at most ``largestVariance``.
    public init(variance: Double) throws(DifferentialPrivacyError) {
        let scaled = try scaledVariance(variance, largest: Self.largestVariance)
        self.variance = Double(scaled) / 0x1p16
        sampler =
            self.variance <= Self.largestTabulatedDeviation * Self.largestTabulatedDeviation
            ? .inversion(InversionSampler(.discreteGaussian, scaledVariance: scaled))
            : .rejection(DiscreteGaussianRejectionSampler(scaledVariance: scaled))
    }

    /// Replaces `samples` by independent ones, in ring units, modulo 2^32.
    public func fill(_ samples: inout [Int32], using randomness: inout some RandomSource) {
        switch sampler {
        case .inversion(let sampler): sampler.fill(&samples, using: &randomness)
        case .rejection(let sampler):
            for index in samples.indices {
                samples[index] = Int32(truncatingIfNeeded: sampler.sample(using: &randomness))
            }
        }
    }

    /// One sample, in ring units.
    public func sample(using randomness: inout some RandomSource) -> Int {
        switch sampler {
        case .inversion(let sampler): sampler.sample(using: &randomness)
        case .rejection(let sampler): sampler.sample(using: &randomness)
        }
    }

    /// The probability mass of `value`, to about 14 digits; for checks, not for sampling.
    public func pmf(_ value: Int) -> Double {
        // Below a variance of 1 the weights themselves fall off fast, above it their Fourier
        // transform does (Poisson summation): ten terms are more than enough on either side.
        var normaliser = 1.0
        for term in 1...10 {
            let rate = variance < 1 ? 1 / (2 * variance) : 2 * .pi * .pi * variance
            normaliser += 2 * exp(-rate * Double(term * term))
        }
        if variance >= 1 { normaliser *= (2 * .pi * variance).squareRoot() }
        return exp(-Double(value) * Double(value) / (2 * variance)) / normaliser
    }
}

/// 2^16 times `variance`, rounded up.
func scaledVariance(
    _ variance: Double, largest: Double
) throws(DifferentialPrivacyError) -> UInt64 {
    try require(
        variance > 0 && variance <= largest, "the variance of the noise", variance,
        "above 0 and at most \(largest)")
    // A product with a power of two is exact here: variances below 2^-16 become at most 1.
    return max(1, UInt64((variance * 0x1p16).rounded(.up)))
}
