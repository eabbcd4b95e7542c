internal import Foundation

/// Two mixtures of normal distributions of one variance, the likelihood ratio of which increases:
/// no part of `upper` lies below a part of `lower`.
///
/// A Poisson sample of rate q with Gaussian noise: (1 - q) N(0) + q N(1) against N(0), and the
/// other way round (Mironov, Talwar and Zhang 2019, arXiv 1908.10530; Zhu, Dong and Wang 2022,
/// Theorem 11).
struct GaussianMixturePair: LossPair, Hashable {
    /// The mixture with the larger outcomes, in standard deviations of the noise.
    let upper: GaussianMixture
    let lower: GaussianMixture
    /// Whether P is `lower`.
    let isReversed: Bool
    /// Whether P and Q are mirror images of each other.
    let isSymmetric: Bool
    /// Larger outcomes count as infinite losses in ``moments(tilt:)`` and
    /// ``quadrature(tilt:frequency:)``.
    private(set) var limit = Double.infinity

    init(
        upper: GaussianMixture, lower: GaussianMixture, isReversed: Bool = false,
        isSymmetric: Bool = false
    ) {
        self.upper = upper
        self.lower = lower
        self.isReversed = isReversed
        self.isSymmetric = isSymmetric
        (p, q) = isReversed ? (lower, upper) : (upper, lower)
    }

    /// Outcomes of a secret number of contributions: `counts` of 1 / `noiseMultiplier` each.
    init(noiseMultiplier: Double, probabilities: [Double], counts: [Double]) {
        self.init(
            upper: GaussianMixture(
                weights: probabilities, means: counts.map { $0 / noiseMultiplier }),
            lower: GaussianMixture(weights: [1], means: [0]), isSymmetric: counts.count == 1)
    }

    /// A Poisson sample; a rate of 1 is no sampling.
    init(noiseMultiplier: Double, rate: Double) {
        self.init(
            noiseMultiplier: noiseMultiplier, probabilities: rate < 1 ? [1 - rate, rate] : [1],
            counts: rate < 1 ? [0, 1] : [1])
    }

    var step: Double? { nil }

    var reversed: any LossPair {
        GaussianMixturePair(
            upper: upper, lower: lower, isReversed: !isReversed, isSymmetric: isSymmetric)
    }

    /// P and Q, whichever of the two they are.
    let p: GaussianMixture
    let q: GaussianMixture

    /// ln(upper / lower) at `u`, increasing, and its derivative.
    func ratio(_ u: Double) -> (value: Double, slope: Double) {
        let (above, below) = (upper.logRatio(u), lower.logRatio(u))
        return (above.value - below.value, above.slope - below.slope)
    }

    /// The losses of outcomes are within these; infinite where they are not bounded.
    private var ratioBounds: ClosedRange<Double> {
        func limit(_ extreme: (GaussianMixture) -> Double, _ unbounded: Double) -> Double {
            guard extreme(upper) == extreme(lower) else { return unbounded }
            func logWeight(_ mixture: GaussianMixture) -> Double {
                let end = extreme(mixture)
                let others = zip(mixture.weights, mixture.means).reduce(0.0) {
                    $0 + ($1.1 == end ? 0 : $1.0)
                }
                return log1p(-others)
            }
            return logWeight(upper) - logWeight(lower)
        }
        return limit(\.lowest, -.infinity)...limit(\.highest, .infinity)
    }

    /// The u at which the ratio is `value`, from a guess; infinite where there is none.
    func outcome(ratio value: Double, guess: Double) -> Double {
        let bounds = ratioBounds
        if value <= bounds.lowerBound { return -.infinity }
        if value >= bounds.upperBound { return .infinity }
        if lower.means == [0], upper.means.count == 2, upper.means[0] == 0 {
            let (rate, mean) = (upper.weights[1], upper.means[1])
            let logarithm = value > 600 ? value - log(rate) : log((expm1(value) + rate) / rate)
            return logarithm / mean + mean / 2
        }
        return bracketedRoot(guess: guess) {
            let point = ratio($0)
            return (point.value - value, point.slope)
        }
    }

    var largestLoss: Double { isReversed ? -ratioBounds.lowerBound : ratioBounds.upperBound }

    var infinite: Double { upper.upperTail(limit) }

    /// Large losses are those of large outcomes, unless P is the lower mixture.
    func censored(tail: Double) -> any LossPair {
        guard !isReversed, ratioBounds.upperBound == .infinity else { return self }
        var result = self
        result.limit = upper.lowest + Self.quantile(tail) { upper.upperTail(upper.lowest + $0) }
        return result
    }

    /// The x above 0 at which a decreasing tail falls to `probability`, rounded up a little.
    private static func quantile(_ probability: Double, tail: (Double) -> Double) -> Double {
        var (low, high) = (0.0, 1.0)
        while tail(high) > probability, high < 1e6 { (low, high) = (high, 2 * high) }
        while high - low > 0.03 {
            let middle = (low + high) / 2
            if tail(middle) > probability { low = middle } else { high = middle }
        }
        return high
    }

    func lossRange(tail: Double) -> ClosedRange<Double> {
        let above = p.lowest + Self.quantile(tail) { p.upperTail(p.lowest + $0) }
        let below = p.highest - Self.quantile(tail) { p.lowerTail(p.highest - $0) }
        let range = ratio(below).value...ratio(max(above, below)).value
        return isReversed ? -range.upperBound...(-range.lowerBound) : range
    }

    func hockeyStick(epsilon: Double) -> Bounds? {
        let u = outcome(ratio: isReversed ? -epsilon : epsilon, guess: 0)
        let (gain, loss) =
            isReversed
            ? (lower.lowerTail(u), upper.lowerTail(u, exponent: epsilon))
            : (upper.upperTail(u), lower.upperTail(u, exponent: epsilon))
        // A tail at u is off by some roundings of itself, and by what u being off makes of it.
        let slack = 16 * .unitRoundoff * (gain + loss) * (1 + (u.isFinite ? u * u : 0) / 16)
        return Bounds(lower: gain - loss - slack, upper: gain - loss + slack)
    }

    func masses(on lattice: LossLattice) -> LossMasses {
        let forward = isReversed ? lattice.mirrored : lattice
        var result = LossMasses(count: lattice.count)
        var previous = outcome(ratio: forward[0], guess: 0)
        let first = previous
        for index in 0..<(lattice.count - 1) {
            let next = outcome(ratio: forward[index + 1], guess: previous.isFinite ? previous : 0)
            result.cell.p[index] = upper.mass(previous, next)
            result.cell.q[index] = lower.mass(previous, next, exponent: forward[index])
            previous = next
        }
        if isReversed {
            return result.reversed(
                on: forward, below: lower.upperTail(previous), above: lower.lowerTail(first))
        }
        result.below = upper.lowerTail(first)
        result.above = upper.upperTail(previous)
        return result
    }
}

/// The root of an increasing function, given with its derivative: Newton's steps where they stay in
/// the bracket, which doubles until it holds the root.
func bracketedRoot(
    guess: Double, of function: (Double) -> (value: Double, slope: Double)
) -> Double {
    var low = -Double.infinity
    var high = Double.infinity
    var x = guess
    var width = 1.0
    for _ in 0..<200 {
        let point = function(x)
        if point.value == 0 { return x }
        if point.value < 0 { low = x } else { high = x }
        var next = x - point.value / point.slope
        if !(next > low && next < high) || !next.isFinite || abs(next - x) > width * 4 {
            if low.isFinite, high.isFinite {
                next = low + (high - low) / 2
            } else {
                next = point.value < 0 ? x + width : x - width
                width *= 2
            }
        }
        if next == x || abs(next - x) <= 4 * abs(x) * .unitRoundoff { return next }
        x = next
    }
    return x
}
