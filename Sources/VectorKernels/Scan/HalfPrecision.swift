/// IEEE 754 half precision, without the type `Float16`, which Intel Macs lack.
enum HalfPrecision {
    /// The bits of the nearest half, ties to even; magnitudes beyond 65504 are clamped to it.
    static func bits(of value: Float) -> UInt16 {
        let sign = UInt16(value.bitPattern >> 16 & 0x8000)
        let magnitude = min(abs(value), 65504)
        if magnitude < 0x1p-14 {
            // Subnormal: adding 0.5 leaves multiples of 2^-24 in the low bits.
            return sign | UInt16(truncatingIfNeeded: (magnitude + 0.5).bitPattern &- 0x3f00_0000)
        }
        let bits = magnitude.bitPattern
        // Less than half a step, and the last half step where that makes the result even.
        let rounded = bits + 0xfff + (bits >> 13 & 1)
        return sign | UInt16(truncatingIfNeeded: (rounded >> 13) &- (112 << 10))
    }
}
