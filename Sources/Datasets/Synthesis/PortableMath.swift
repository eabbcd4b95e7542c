internal import Sodium

// The C library's exp and log differ in their last bit between platforms, and one differing bit can
// change which item is drawn. These use only operations that IEEE 754 rounds exactly, in a fixed
// order, so a generated population is the same everywhere.

/// e^x with a relative error below 1e-13; arguments beyond ±700 are limited to it.
func portableExp(_ x: Double) -> Double {
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
    return Double(sign: .plus, exponent: Int(exponent), significand: sum)
}

/// The natural logarithm of a positive, normal x.
func portableLog(_ x: Double) -> Double {
    var significand = x.significand
    var exponent = Double(x.exponent)
    if significand > 1.4142135623730951 {
        significand /= 2
        exponent += 1
    }
    // ln m = 2 artanh((m - 1) / (m + 1)), and the argument is below 0.172.
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var sum = 0.0
    for divisor in stride(from: 23.0, to: 0, by: -2) { sum = sum * square + 1 / divisor }
    return exponent * 0.6931471805599453 + 2 * ratio * sum
}

/// x^y for positive x.
func portablePower(_ x: Double, _ y: Double) -> Double { portableExp(y * portableLog(x)) }

extension SeededRandomness {
    /// A uniform number in 0 ..< 1, a multiple of 2^-53.
    mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A uniform integer in 0 ..< bound; the bound's bias is below 2^-32 for what is drawn here.
    mutating func nextIndex(below bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A nearly normal number, mean 0, variance 1: twelve uniforms' sum less six (Irwin-Hall).
    mutating func nextNormal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += nextUnit() }
        return sum
    }
}
