internal import DifferentialPrivacy
internal import Foundation

/// What tells two normal distributions apart: N(`mean`, `deviation`^2) against
/// N(0, `nullDeviation`^2).
///
/// Where the log-likelihood ratio is above epsilon is a half-line, an interval or all but one, with
/// ends at the roots of a quadratic polynomial, so that delta(epsilon) is exact.
public struct NormalPair: Sendable, Hashable {
    /// The first distribution's mean, in the unit of the deviations.
    public var mean: Double
    /// The first distribution's standard deviation, above 0.
    public var deviation: Double
    /// The second distribution's standard deviation, above 0.
    public var nullDeviation: Double

    /// A pair of distributions.
    public init(mean: Double, deviation: Double, nullDeviation: Double) {
        self.mean = mean
        self.deviation = deviation
        self.nullDeviation = nullDeviation
    }

    /// A Gaussian mechanism whose noise has a `mu`-th of the sensitivity's size: that of mu-GDP
    /// (Dong, Roth and Su 2022, arXiv 1905.02383).
    public init(mu: Double) { self.init(mean: mu, deviation: 1, nullDeviation: 1) }

    /// The smallest epsilon with which the two are indistinguishable, in both directions, up to
    /// `delta`, rounded down; infinite if there is none below 10^7.
    public func epsilon(delta: Double) -> Double {
        if mean == 0 && deviation == nullDeviation { return 0 }
        guard delta > 0, mean.isFinite, deviation > 0, nullDeviation > 0 else { return .infinity }
        let reversed = NormalPair(
            mean: -mean, deviation: nullDeviation, nullDeviation: deviation)
        return lastPoint {
            max(self.excess(epsilon: $0), reversed.excess(epsilon: $0)) > delta
        }
    }

    /// P(S) - e^epsilon Q(S) on the set S where the log-likelihood ratio of the first distribution
    /// P to the second, Q, is above `epsilon`: where a x^2 + b x + c > 0.
    private func excess(epsilon: Double) -> Double {
        let variance = deviation * deviation
        let a = (1 / (nullDeviation * nullDeviation) - 1 / variance) / 2
        let b = mean / variance
        let c = log(nullDeviation / deviation) - mean * mean / (2 * variance) - epsilon
        let discriminant = b * b - 4 * a * c
        guard discriminant > 0 else { return 0 }
        // The form without cancellation; one root is infinite where a is 0.
        let q = -(b + (b < 0 ? -1 : 1) * discriminant.squareRoot()) / 2
        let (low, high) = (min(q / a, c / q), max(q / a, c / q))
        return a < 0
            ? excess(low, high, epsilon)
            : excess(-.infinity, low, epsilon) + excess(high, .infinity, epsilon)
    }

    private func excess(_ low: Double, _ high: Double, _ epsilon: Double) -> Double {
        Normal.mass((low - mean) / deviation, (high - mean) / deviation)
            - Normal.mass(low / nullDeviation, high / nullDeviation, exponent: epsilon)
    }
}
