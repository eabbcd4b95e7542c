internal import Foundation

/// The product of powers of two spectra at once, those of the distributions from above and from below,
/// each real: the transform of (above + i below) carries both.
///
/// Kept as logarithms of what a spectrum is more than 1. Where nearly all mass is on one point, left
/// out of the transform, that is small, and so are all errors.
struct SpectrumProduct {
    private var above: (logModulus: [Double], phase: [Double])
    private var below: (logModulus: [Double], phase: [Double])
    /// The logarithm of the largest modulus that the spectrum from above may have.
    private var logLargest: [Double]
    private let transform: FourierTransform

    /// What a stage of a transform loses at most, relative to the root of the sum of squares (Higham
    /// 2002, "Accuracy and Stability of Numerical Algorithms", Theorem 24.2).
    private static let transformError = 7 * Double.unitRoundoff

    init(count: Int) {
        let none = [Double](repeating: 0, count: count)
        above = (none, none)
        below = (none, none)
        logLargest = none
        transform = FourierTransform(count: count)
    }

    /// Multiplies by the spectra of tilted masses, taken to a power; those at point 0 are given apart.
    mutating func multiply(
        above masses: [Double], below others: [Double], atZero: (above: Double, below: Double),
        power: Double
    ) {
        var (re, im) = (masses, others)
        transform.forward(&re, &im)
        let levels = Double(transform.count.trailingZeroBitCount)
        let transformed = Self.transformError * levels * abs(1 - atZero.above)
        for index in re.indices {
            let other = oppositeFrequency(index)
            guard other >= index else { continue }
            let x = ((re[index] + re[other]) / 2 + (atZero.above - 1), (im[index] - im[other]) / 2)
            let y = (
                (im[index] + im[other]) / 2 + (atZero.below - 1), (re[other] - re[index]) / 2
            )
            let (u, v) = (Self.logarithm(x), Self.logarithm(y))
            above.logModulus[index] += power * u.0
            above.phase[index] += power * u.1
            below.logModulus[index] += power * v.0
            below.phase[index] += power * v.1
            let error = transformed + 4 * .unitRoundoff * (abs(x.0) + abs(x.1))
            logLargest[index] +=
                power * (u.0 + log1p(error * exp(-u.0)))
                + power * 4 * .unitRoundoff * (abs(u.0) + abs(u.1))
        }
    }

    /// ln(1 + x) of a complex number.
    private static func logarithm(_ x: (Double, Double)) -> (Double, Double) {
        let change = x.0 * (2 + x.0) + x.1 * x.1
        let square = (1 + x.0) * (1 + x.0) + x.1 * x.1
        return (
            (change > -0.5 ? log1p(change) : log(max(square, 1e-300))) / 2, atan2(x.1, 1 + x.0)
        )
    }

    /// The tilted masses from above and from below, and the root of the sum of their errors' squares.
    consuming func masses() -> (above: [Double], below: [Double], error: Double) {
        var (re, im) = (above.logModulus, below.logModulus)
        var squares = 0.0
        for index in re.indices {
            let other = oppositeFrequency(index)
            guard other >= index else { continue }
            let (u, v) = (exp(above.logModulus[index]), exp(below.logModulus[index]))
            let (ur, ui) = (u * cos(above.phase[index]), u * sin(above.phase[index]))
            let (vr, vi) = (v * cos(below.phase[index]), v * sin(below.phase[index]))
            (re[index], im[index]) = (ur - vi, ui + vr)
            (re[other], im[other]) = (ur + vi, vr - ui)
            let most = exp(logLargest[index])
            let error =
                -most * expm1(above.logModulus[index] - logLargest[index])
                + 8 * .unitRoundoff * most
            squares += (other == index ? 1 : 2) * error * error
        }
        transform.inverse(&re, &im)
        let levels = Double(transform.count.trailingZeroBitCount)
        let size = re.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return (
            re, im,
            2 * (squares / Double(transform.count)).squareRoot() + Self.transformError * levels
                * size
        )
    }
}
