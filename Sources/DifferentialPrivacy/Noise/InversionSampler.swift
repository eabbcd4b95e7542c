package import Sodium
internal import VectorKernels

/// Draws from a symmetric distribution over the integers by inversion: 32 random bits and two table
/// look-ups in all but about one sample in 10^5, and still without any rounding error.
///
/// A sample's magnitude is the smallest m whose P(|X| <= m) exceeds a uniform number U, of which
/// only as many bits are drawn as the comparison needs. The tables hold the leading bits of every
/// P(|X| <= m), certified by interval arithmetic. Where the bits of U equal those of a boundary,
/// twice as many bits of both are compared, and so on without end. The running time depends on the
/// samples, so that an observer of the time learns something about them.
package struct InversionSampler: Sendable {
    private let distribution: NoiseDistribution
    private let scaledVariance: UInt64
    /// The bits of U taken from the first word; the lowest bit of that word is the sign.
    private let leadingBits: Int
    /// The leading bits of P(|X| <= m), ended by the first m that has only ones.
    private let table: InversionTable
    /// The same to `refinedBits` bits.
    private let refinedThresholds: [UInt64]

    private var refinedBits: Int { 2 * leadingBits + 1 }

    /// Computes the tables.
    ///
    /// - Parameters:
    ///   - distribution: Which weights the integers have.
    ///   - scaledVariance: 2^16 times the variance, 1 to 2^40.
    ///   - leadingBits: The precision of the first comparison, 1 to 31. Fewer bits than 31 are for
    ///     tests, in which they make ties frequent.
    package init(
        _ distribution: NoiseDistribution, scaledVariance: UInt64, leadingBits: Int = 31
    ) {
        precondition(scaledVariance > 0 && scaledVariance <= 1 << 40)
        precondition((1...31).contains(leadingBits))
        self.distribution = distribution
        self.scaledVariance = scaledVariance
        self.leadingBits = leadingBits

        var fractionLimbs = 2
        var certified: [UInt64]?
        while certified == nil {
            certified = Self.leadingProbabilityBits(
                CumulativeWeights(
                    distribution, scaledVariance: scaledVariance, fractionLimbs: fractionLimbs))
            fractionLimbs += 1
        }
        let refinedShift = UInt64(63 - 2 * leadingBits - 1)
        let ones = UInt64.max >> UInt64(63 - 2 * leadingBits)
        var refined: [UInt64] = []
        for bits in certified ?? [] {
            refined.append(bits >> refinedShift)
            if refined.last == ones { break }
        }
        refinedThresholds = refined
        let thresholds = refined.map { UInt32($0 >> UInt64(leadingBits + 1)) }

        // About eight cells for a boundary keep nearly all cells free of a second one.
        let wanted = 3 + Int.bitWidth - thresholds.count.leadingZeroBitCount
        let guideBits = min(leadingBits, max(1, min(wanted, 15)))
        var magnitude = 0
        var guide: [UInt16] = []
        for cell in 0..<UInt32(1 << guideBits) {
            let smallest = cell << UInt32(leadingBits - guideBits)
            while thresholds[magnitude] < smallest { magnitude += 1 }
            guide.append(UInt16(magnitude))
        }
        table = InversionTable(
            thresholds: thresholds, guide: guide, guideShift: UInt32(32 - guideBits),
            uniformShift: UInt32(32 - leadingBits))
    }

    /// The first 63 bits of every P(|X| <= m), or nil where `weights` leave one of them open.
    private static func leadingProbabilityBits(_ weights: CumulativeWeights) -> [UInt64]? {
        let lower = weights.total.upper.reciprocal(rounding: .down)
        let upper = weights.total.lower.reciprocal(rounding: .up)
        var result: [UInt64] = []
        var magnitude = 0
        while result.last != .max >> 1 {
            let sum = weights.sum(upTo: magnitude)
            let low = sum.lower.multiplied(by: lower, rounding: .down)
            let high = sum.upper.multiplied(by: upper, rounding: .up)
            // A probability is below 1, whatever the enclosure says.
            let highBits = high.reachesOne ? .max >> 1 : high.leadingFractionBits
            guard low.leadingFractionBits == highBits else { return nil }
            result.append(highBits)
            magnitude += 1
        }
        return result
    }

    /// Replaces `samples` by independent ones.
    package func fill(_ samples: inout [Int32], using randomness: inout some RandomSource) {
        var words = [UInt32](repeating: 0, count: min(4096, samples.count))
        var start = 0
        while start < samples.count {
            let count = min(words.count, samples.count - start)
            if count < words.count { words.removeLast(words.count - count) }
            randomness.fill(&words)
            for place in table.sample(words, into: &samples, at: start) {
                let index = start + Int(place)
                samples[index] = Int32(
                    truncatingIfNeeded: resolve(words[Int(place)], using: &randomness))
            }
            start += count
        }
        words.erase()
    }

    /// One sample.
    package func sample(using randomness: inout some RandomSource) -> Int {
        resolve(UInt32(truncatingIfNeeded: randomness.next()), using: &randomness)
    }

    /// The sample to which `word` leads, with as many further bits as it takes.
    @inline(never)
    private func resolve(_ word: UInt32, using randomness: inout some RandomSource) -> Int {
        let uniform = word >> table.uniformShift
        var magnitude = Int(table.guide[Int(word >> table.guideShift)])
        while uniform > table.thresholds[magnitude] { magnitude += 1 }
        if uniform == table.thresholds[magnitude] {
            magnitude = refine(uniform, from: magnitude, using: &randomness)
        }
        return word & 1 == 1 ? -magnitude : magnitude
    }

    /// The magnitude to which `uniform` leads, which equals the leading bits of a boundary.
    private func refine(
        _ uniform: UInt32, from start: Int, using randomness: inout some RandomSource
    ) -> Int {
        var magnitude = start
        let extra = leadingBits + 1
        let refined =
            UInt64(uniform) << UInt64(extra) | randomness.next() >> UInt64(64 - extra)
        while refined > refinedThresholds[magnitude] { magnitude += 1 }
        if refined < refinedThresholds[magnitude] { return magnitude }
        return resolveExactly(refined, from: magnitude, using: &randomness)
    }

    /// Compares with boundaries computed as precisely as it takes.
    private func resolveExactly(
        _ refined: UInt64, from start: Int, using randomness: inout some RandomSource
    ) -> Int {
        var magnitude = start
        var fractionLimbs = 4
        // U, certified to lie within one unit of `drawnBits` bits.
        var drawnBits = refinedBits
        var uniform = FixedPoint.fraction(refined, bits: drawnBits, fractionLimbs: fractionLimbs)
        while true {
            let weights = CumulativeWeights(
                distribution, scaledVariance: scaledVariance, fractionLimbs: fractionLimbs)
            // U < sum / total is decided as U * total < sum.
            let low = uniform.multiplied(by: weights.total.lower, rounding: .down)
            let end = uniform.adding(bit: drawnBits)
            let high = end.multiplied(by: weights.total.upper, rounding: .up)
            while weights.sum(upTo: magnitude).upper <= low { magnitude += 1 }
            if high <= weights.sum(upTo: magnitude).lower { return magnitude }

            let grown = 2 * drawnBits
            if grown > 64 * fractionLimbs - 64 {
                fractionLimbs *= 2
                uniform = uniform.widened(to: fractionLimbs)
            }
            while drawnBits < grown {
                drawnBits += 1
                if randomness.next() & 1 == 1 { uniform = uniform.adding(bit: drawnBits) }
            }
        }
    }
}
