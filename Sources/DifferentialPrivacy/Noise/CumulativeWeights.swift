/// Enclosures of the sums w(0) + 2 w(1) + ... + 2 w(m), w(k) = exp(-k^2 / (2 variance)), for all m
/// up to the point from which the weights vanish in the chosen precision, and of their limit.
///
/// Divided by the limit they are the probabilities P(|X| <= m) of the discrete Gaussian.
struct CumulativeWeights: Sendable {
    /// The sums for m = 0, 1, ...
    private(set) var sums: [Enclosure]
    /// The limit of the sums, the tail that was cut off included in the upper end.
    let total: Enclosure

    /// Sums up for a variance of `scaledVariance` / 2^16.
    ///
    /// With r = w(1), consecutive weights differ by the factors r, r^3, r^5, ...; every product is
    /// rounded outwards.
    init(scaledVariance: UInt64, fractionLimbs: Int) {
        let first = Self.firstWeight(scaledVariance: scaledVariance, fractionLimbs: fractionLimbs)
        let squared = first.multiplied(by: first)
        let one = FixedPoint(1, fractionLimbs: fractionLimbs)
        var weight = Enclosure(lower: one, upper: one)
        var sum = weight
        var factor = first
        var sums = [sum]
        while true {
            weight = weight.multiplied(by: factor)
            if weight.lower.isZero { break }
            factor = factor.multiplied(by: squared)
            sum.lower += weight.lower
            sum.lower += weight.lower
            sum.upper += weight.upper
            sum.upper += weight.upper
            sums.append(sum)
        }
        // From here on the weights fall at least as fast as a geometric series of ratio e^-x,
        // x = (2m + 1) / (2 variance), whose sum is at most (1 + 1/x) times its first term.
        let inverse = scaledVariance / ((2 * UInt64(sums.count) + 1) << 15) + 1
        sum.upper += weight.upper.multiplied(by: 2 * (1 + inverse))
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
