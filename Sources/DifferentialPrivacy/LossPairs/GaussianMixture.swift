internal import Foundation

/// A mixture of normal distributions of unit variance, relative to the standard normal one.
struct GaussianMixture: Sendable, Hashable {
    /// The probabilities of the parts, which add up to 1.
    let weights: [Double]
    /// The means of the parts.
    let means: [Double]
    let lowest: Double
    let highest: Double
    /// Of the mixtures that matter most, 0 with or without a contribution: the latter's probability
    /// and mean.
    private let sampled: Sampled?

    private struct Sampled: Hashable {
        let rate: Double
        let mean: Double
    }

    init(weights: [Double], means: [Double]) {
        self.weights = weights
        self.means = means
        lowest = means.min() ?? 0
        highest = means.max() ?? 0
        sampled =
            means.count == 2 && means[0] == 0 && weights[0] >= 1e-3
            ? Sampled(rate: weights[1], mean: means[1]) : nil
    }

    var spread: Double { highest - lowest }

    /// The logarithm of the density ratio at `u`, and the mean of the parts' means given u, which
    /// is its derivative.
    func logRatio(_ u: Double) -> (value: Double, slope: Double) {
        if means.count == 1 { return (lowest * (u - lowest / 2), lowest) }
        if let sampled {
            let exponent = sampled.mean * (u - sampled.mean / 2)
            if exponent < 600 {
                let excess = sampled.rate * expm1(exponent)
                let term = excess + sampled.rate
                return (log1p(excess), sampled.mean * term / (1 + excess))
            }
        }
        var largest = -Double.infinity
        for mean in means { largest = max(largest, mean * (u - mean / 2)) }
        var (excess, sum, moment) = (0.0, 0.0, 0.0)
        let small = largest < 600
        for index in means.indices {
            let exponent = means[index] * (u - means[index] / 2)
            let term: Double
            if small {
                let change = expm1(exponent)
                excess += weights[index] * change
                term = weights[index] * (change + 1)
            } else {
                term = weights[index] * exp(exponent - largest)
            }
            sum += term
            moment += term * means[index]
        }
        // Where the mixture hardly differs from the standard normal distribution, so does log1p;
        // where it is far below it, the sum of positive terms is the more accurate.
        let value = small ? (excess > -0.5 ? log1p(excess) : log(sum)) : largest + log(sum)
        return (value, moment / sum)
    }

    /// The argument of the density ratio at u + iy, for |y| * spread < pi.
    func argument(_ u: Double, imaginary y: Double) -> Double {
        let center = (lowest + highest) / 2
        let largest = means.map { $0 * (u - $0 / 2) }.max() ?? 0
        var (real, imaginary) = (0.0, 0.0)
        for index in means.indices {
            let size = weights[index] * exp(means[index] * (u - means[index] / 2) - largest)
            let phase = (means[index] - center) * y
            real += size * cos(phase)
            imaginary += size * sin(phase)
        }
        return atan2(imaginary, real) + center * y
    }

    /// The largest size of the argument at real parts up to `u` and imaginary parts up to `y`, of a
    /// mixture of up to two parts; in general a simple bound.
    func largestArgument(_ u: Double, imaginary y: Double) -> Double {
        guard means.count == 2, means[0] == 0 else {
            return max(abs(lowest), abs(highest)) * y
        }
        // a + b exp(i angle) turns with b, and with the angle until its cosine is -b / a.
        let (angle, exponent) = (highest * y, highest * (u - highest / 2))
        let ratio = weights[1] / weights[0] * exp(min(exponent, 600))
        if ratio >= 1 || cos(angle) > -ratio {
            return atan2(ratio * sin(angle), 1 + ratio * cos(angle))
        }
        return asin(ratio)
    }

    /// The mass between `a` and `b`, times exp(`exponent`).
    func mass(_ a: Double, _ b: Double, exponent: Double = 0) -> Double {
        var result = 0.0
        for index in means.indices {
            result +=
                weights[index]
                * Normal.mass(a - means[index], b - means[index], exponent: exponent)
        }
        return result
    }

    /// The mass above `a`, times exp(`exponent`).
    func upperTail(_ a: Double, exponent: Double = 0) -> Double {
        tail(exponent) { a - $0 }
    }

    /// The mass below `a`, times exp(`exponent`).
    func lowerTail(_ a: Double, exponent: Double = 0) -> Double {
        tail(exponent) { $0 - a }
    }

    private func tail(_ exponent: Double, _ distance: (Double) -> Double) -> Double {
        var result = 0.0
        for index in means.indices {
            let x = distance(means[index])
            result +=
                weights[index]
                * (exponent < 100
                    ? exp(exponent) * Normal.upperTail(x)
                    : x == .infinity ? 0 : exp(exponent + Normal.logUpperTail(x)))
        }
        return result
    }
}
