/// A small, fast generator of reproducible numbers for sampling and starting values; never for
/// noise, masks or keys.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014,
/// with the output function of Vigna's `splitmix64`.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    @usableFromInline var state: UInt64

    /// A generator at the start of the sequence of `seed`.
    package init(seed: UInt64) { state = seed }

    /// A generator for one of many independent streams under a common seed.
    package init(seed: UInt64, stream: UInt64) {
        var mixer = SplitMix64(seed: seed)
        var inner = SplitMix64(seed: mixer.next() ^ stream &* 0xD1B5_4A32_D192_ED03)
        state = inner.next()
    }

    // Drawn from in the innermost loops of other modules.

    /// The next 64 bits.
    @inlinable package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    /// A number from 0 up to but excluding `bound`, which is under 2^32; biased by under
    /// bound / 2^32.
    @inlinable @inline(__always) package mutating func next(below bound: Int) -> Int {
        Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(truncatingIfNeeded: bound)) >> 32)
    }

    /// A number from 0 up to but excluding 1, of 24 bits.
    @inlinable package mutating func nextUniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// A nearly normal draw of mean 0 and variance 1: the sum of twelve uniform draws minus six,
    /// so that starting values are the same on every machine.
    package mutating func nextApproximateNormal() -> Float {
        var sum: Float = -6
        for _ in 0..<12 { sum += nextUniform() }
        return sum
    }
}
