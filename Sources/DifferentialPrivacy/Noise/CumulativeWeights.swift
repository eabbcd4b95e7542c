internal import Foundation

/// Enclosures of the sums w(0) + 2 w(1) + ... + 2 w(m) of the relative weights of a symmetric
/// distribution over the integers, w(0) = 1, for all m up to the point from which the weights
/// vanish in the chosen precision, and of their limit.
///
/// Divided by the limit they are the probabilities P(|X| <= m).
struct CumulativeWeights: Sendable {
    /// The sums for m = 0, 1, ...
    private(set) var sums: [Enclosure]
    /// The limit of the sums, the tail that was cut off included in the upper end.
    let total: Enclosure

    /// Sums up for a variance of `scaledVariance` / 2^16.
    init(_ distribution: NoiseDistribution, scaledVariance: UInt64, fractionLimbs: Int) {
        switch distribution {
        case .discreteGaussian:
            // With r = w(1), consecutive weights differ by the factors r, r^3, r^5, ...
            let first = Self.firstWeight(
                scaledVariance: scaledVariance, fractionLimbs: fractionLimbs)
            let squared = first.multiplied(by: first)
            var factor = first
            self.init(fractionLimbs: fractionLimbs) { _ in
                defer { factor = factor.multiplied(by: squared) }
                return factor
            } inverseDecay: { m in
                // A geometric series of ratio e^-x, x = (2m + 1) / (2 variance): 1/x.
                scaledVariance / ((2 * UInt64(m) + 1) << 15) + 1
            }
        case .skellam:
            let ratios = BesselRatios(scaledVariance: scaledVariance, fractionLimbs: fractionLimbs)
            self.init(fractionLimbs: fractionLimbs) {
                ratios[$0]
            } inverseDecay: {
                ratios.inverseDecay(from: $0)
            }
        }
    }

    /// Adds up weights until they vanish; every product is rounded outwards.
    ///
    /// - Parameters:
    ///   - ratio: w(k) / w(k - 1), asked for k = 1, 2, ... in order.
    ///   - inverseDecay: For a place m from which on the weights fall at least as fast as a
    ///     geometric series of ratio e^-x: at least 1/x. The series' sum is at most (1 + 1/x) times
    ///     its first term.
    private init(
        fractionLimbs: Int, ratio: (Int) -> Enclosure, inverseDecay: (Int) -> UInt64
    ) {
        let one = FixedPoint(1, fractionLimbs: fractionLimbs)
        var weight = Enclosure(lower: one, upper: one)
        var sum = weight
        var sums = [sum]
        while true {
            weight = weight.multiplied(by: ratio(sums.count))
            if weight.lower.isZero { break }
            sum.lower += weight.lower
            sum.lower += weight.lower
            sum.upper += weight.upper
            sum.upper += weight.upper
            sums.append(sum)
        }
        sum.upper += weight.upper.multiplied(by: 2 * (1 + inverseDecay(sums.count)))
        self.sums = sums
        total = sum
    }

    /// The sum up to `magnitude`, however large.
    func sum(upTo magnitude: Int) -> Enclosure {
        if magnitude < sums.count { return sums[magnitude] }
        return Enclosure(lower: sums[sums.count - 1].lower, upper: total.upper)
    }

    /// w(1) = exp(-2^15 / scaledVariance): the exponent is halved until it is at most 1/2, the
    /// alternating Taylor series is summed, and the result squared as often.
    private static func firstWeight(scaledVariance: UInt64, fractionLimbs: Int) -> Enclosure {
        var halvings = 0
        while scaledVariance << UInt64(halvings) < 1 << 16 { halvings += 1 }
        let denominator = scaledVariance << UInt64(halvings)

        var sum = FixedPoint(1, fractionLimbs: fractionLimbs)
        var term = sum
        var order: UInt64 = 0
        while !term.isZero {
            order += 1
            term = term.multiplied(by: 1 << 15).divided(by: denominator * order)
            if order % 2 == 1 { sum -= term } else { sum += term }
        }
        // A term is at most 2 units below its true value: each division loses less than one, and
        // the next one halves what was lost. The terms left out come to less than 2 units.
        let error = FixedPoint.units(2 * order + 2, fractionLimbs: fractionLimbs)
        var weight = Enclosure(lower: sum, upper: sum)
        weight.lower -= error
        weight.upper += error
        for _ in 0..<halvings { weight = weight.multiplied(by: weight) }
        return weight
    }
}
