package import Sodium

/// Draws from the discrete Gaussian by rejection from a discrete Laplace distribution, in integers
/// throughout: Canonne, Kamath and Steinke 2020 (arXiv 2004.00010), Algorithms 1 to 3.
///
/// Its cost does not grow with the variance. The running time depends on the samples.
package struct DiscreteGaussianRejectionSampler: Sendable {
    /// 2^16 times the variance.
    private let scaledVariance: UInt64
    /// The scale t of the discrete Laplace proposals: one more than the standard deviation, floored.
    private let scale: UInt64
    /// The denominator 2^17 t^2 `scaledVariance` of the exponent with which a proposal is judged.
    private let denominator: UInt128

    /// A sampler of variance `scaledVariance` / 2^16, `scaledVariance` from 1 to 2^60.
    package init(scaledVariance: UInt64) {
        precondition(scaledVariance > 0 && scaledVariance <= 1 << 60)
        self.scaledVariance = scaledVariance
        scale = Self.squareRoot(scaledVariance >> 16) + 1
        denominator = UInt128(scale * scale) * UInt128(scaledVariance) << 17
    }

    /// One sample: Algorithm 3.
    package func sample(using randomness: inout some RandomSource) -> Int {
        while true {
            let candidate = laplace(using: &randomness)
            // (|y| - variance / t)^2 / (2 variance), over the common denominator.
            let shifted = UInt128(candidate.magnitude) * UInt128(scale) << 16
            let centre = UInt128(scaledVariance)
            let distance = shifted > centre ? shifted - centre : centre - shifted
            let square = distance.multipliedFullWidth(by: distance)
            let (whole, rest) =
                square.high == 0
                ? square.low.quotientAndRemainder(dividingBy: denominator)
                : denominator.dividingFullWidth(square)
            if acceptsExponential(whole: whole, rest, over: denominator, using: &randomness) {
                return candidate
            }
        }
    }

    /// A sample of the discrete Laplace distribution of scale t: Algorithm 2.
    private func laplace(using randomness: inout some RandomSource) -> Int {
        while true {
            let remainder = randomness.uniform(below: scale)
            guard
                acceptsExponential(
                    whole: 0, UInt128(remainder), over: UInt128(scale), using: &randomness)
            else { continue }
            var multiple: UInt64 = 0
            while acceptsExponential(1, over: 1, using: &randomness) { multiple += 1 }
            let magnitude = Int(remainder + scale * multiple)
            let isNegative = randomness.next() & 1 == 1
            if isNegative && magnitude == 0 { continue }
            return isNegative ? -magnitude : magnitude
        }
    }

    /// True with probability exp(-(`whole` + `numerator` / `denominator`)): Algorithm 1.
    private func acceptsExponential(
        whole: UInt128, _ numerator: UInt128, over denominator: UInt128,
        using randomness: inout some RandomSource
    ) -> Bool {
        var left = whole
        while left > 0 {
            guard acceptsExponential(1, over: 1, using: &randomness) else { return false }
            left -= 1
        }
        return acceptsExponential(numerator, over: denominator, using: &randomness)
    }

    /// True with probability exp(-`numerator` / `denominator`), the fraction being at most 1.
    private func acceptsExponential(
        _ numerator: UInt128, over denominator: UInt128, using randomness: inout some RandomSource
    ) -> Bool {
        var trials: UInt64 = 1
        // A trial succeeds with probability numerator / (denominator * trials).
        while randomness.uniform(below: trials) == 0,
            numerator == denominator || randomness.uniform(below: denominator) < numerator
        {
            trials += 1
        }
        return trials % 2 == 1
    }

    /// The integer square root, by Newton's method from above.
    private static func squareRoot(_ value: UInt64) -> UInt64 {
        guard value > 0 else { return 0 }
        var root = UInt64(1) << UInt64((64 - value.leadingZeroBitCount + 1) / 2)
        while true {
            let next = (root + value / root) / 2
            if next >= root { return root }
            root = next
        }
    }
}
