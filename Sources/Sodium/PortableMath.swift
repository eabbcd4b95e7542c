// The C library's exp and log differ in their last bit between platforms, and one differing bit can
// change what a simulation draws. These use only operations that IEEE 754 rounds exactly, in a fixed
// order, so that a simulation is the same everywhere.

/// e^x with a relative error below 1e-13; arguments beyond ±700 are limited to it.
package func portableExp(_ x: Double) -> Double {
    let limited = min(max(x, -700), 700)
    let log2e = 1.4426950408889634
    let exponent = (limited * log2e).rounded(.down)
    // ln 2 in two parts, the first short enough that its product with the exponent is exact.
    let remainder = limited - exponent * 0.693145751953125 - exponent * 1.42860682030941723e-6
    // Horner's scheme for the sum of r^n / n!, unrolled: this runs millions of times.
    var sum = 1.0 / 6_227_020_800
    sum = sum * remainder + 1.0 / 479_001_600
    sum = sum * remainder + 1.0 / 39_916_800
    sum = sum * remainder + 1.0 / 3_628_800
    sum = sum * remainder + 1.0 / 362_880
    sum = sum * remainder + 1.0 / 40_320
    sum = sum * remainder + 1.0 / 5_040
    sum = sum * remainder + 1.0 / 720
    sum = sum * remainder + 1.0 / 120
    sum = sum * remainder + 1.0 / 24
    sum = sum * remainder + 1.0 / 6
    sum = sum * remainder + 0.5
    sum = sum * remainder + 1
    sum = sum * remainder + 1
    // A product with a power of two is exact, and this one is never below the normal numbers.
    return sum * Double(bitPattern: UInt64(Int(exponent) + 1023) << 52)
}

/// The natural logarithm of a positive, normal x.
package func portableLog(_ x: Double) -> Double {
    let bits = x.bitPattern
    var significand = Double(bitPattern: bits & 0x000f_ffff_ffff_ffff | 1023 << 52)
    var exponent = Double(Int(bits >> 52) - 1023)
    if significand > 1.4142135623730951 {
        significand /= 2
        exponent += 1
    }
    // ln m = 2 artanh((m - 1) / (m + 1)), and the argument is below 0.172. The quotients of the series
    // are constants.
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var sum = 1.0 / 23
    sum = sum * square + 1.0 / 21
    sum = sum * square + 1.0 / 19
    sum = sum * square + 1.0 / 17
    sum = sum * square + 1.0 / 15
    sum = sum * square + 1.0 / 13
    sum = sum * square + 1.0 / 11
    sum = sum * square + 1.0 / 9
    sum = sum * square + 1.0 / 7
    sum = sum * square + 1.0 / 5
    sum = sum * square + 1.0 / 3
    sum = sum * square + 1
    return exponent * 0.6931471805599453 + 2 * ratio * sum
}

/// x^y for positive x.
package func portablePower(_ x: Double, _ y: Double) -> Double { portableExp(y * portableLog(x)) }
