internal import Foundation

/// Enclosures of the ratios r(k) = I_k(v) / I_(k-1)(v) of modified Bessel functions: consecutive
/// weights of the Skellam distribution of variance v.
///
/// From I_(k-1) - I_(k+1) = (2k/v) I_k follows r(k) = 1 / (2k/v + r(k+1)). As the ratios decrease
/// in k, this gives r(k+1) < b(k) < r(k) with b(k) = sqrt(1 + (k/v)^2) - k/v. The recursion starts
/// from these bounds at a far k and contracts: an enclosure is narrowed by r(k)^2 at each step.
struct BesselRatios: Sendable {
    private let variance: Double
    private let ratios: [Enclosure]

    init(scaledVariance: UInt64, fractionLimbs: Int) {
        let variance = Double(scaledVariance) / 0x1p16
        self.variance = variance
        // Weights fall about as exp(-k asinh(k/v) / 2); they vanish at half the exponent that makes
        // both them and the enclosures' width vanish.
        let exponent = 2 * log(2.0) * Double(64 * fractionLimbs + 16)
        var last = 16
        while Double(last) * asinh(Double(last) / variance) < 2 * exponent { last += last / 8 }
        var ratio = Enclosure(
            lower: Self.fixed(Self.bound(last + 1, variance) * (1 - 1e-9), fractionLimbs),
            upper: Self.fixed(Self.bound(last, variance) * (1 + 1e-9), fractionLimbs))
        ratio.upper += .units(1, fractionLimbs: fractionLimbs)
        var ratios: [Enclosure] = []
        for k in stride(from: last, through: 1, by: -1) {
            // 2k/v = k 2^17 / scaledVariance, rounded down by less than one unit.
            let step = FixedPoint(UInt64(k) << 17, fractionLimbs: fractionLimbs)
                .divided(by: scaledVariance)
            var (low, high) = (ratio, step)
            low.lower += step
            high += ratio.upper
            high += .units(1, fractionLimbs: fractionLimbs)
            ratio = Enclosure(
                lower: high.reciprocal(rounding: .down),
                upper: low.lower.reciprocal(rounding: .up))
            ratios.append(ratio)
        }
        self.ratios = ratios.reversed()
    }

    /// r(k), for k from 1 up to where the weights vanish.
    subscript(_ k: Int) -> Enclosure { ratios[k - 1] }

    /// At least 1/x, where e^-x is a bound on all ratios behind place m: r(m + 1) < b(m) =
    /// e^-asinh(m/v).
    func inverseDecay(from m: Int) -> UInt64 {
        UInt64(1.000001 / asinh(Double(m) / variance)) + 1
    }

    /// b(k), without the cancellation of its two terms.
    private static func bound(_ k: Int, _ variance: Double) -> Double {
        exp(-asinh(Double(k) / variance))
    }

    private static func fixed(_ value: Double, _ fractionLimbs: Int) -> FixedPoint {
        .fraction(UInt64(min(max(value, 0), 1) * 0x1p62), bits: 62, fractionLimbs: fractionLimbs)
    }
}
