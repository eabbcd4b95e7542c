internal import Foundation

/// The product of powers of two spectra at once, those of the distributions from above and from
/// below, each real: the transform of (above + i below) carries both.
///
/// Kept as logarithms of what a spectrum is more than 1. Where nearly all mass is on one point,
/// left out of the transform, that is small, and so are all errors.
struct SpectrumProduct {
    private var above: (logModulus: [Double], phase: [Double])
    private var below: (logModulus: [Double], phase: [Double])
    /// The logarithms of the largest moduli that the spectra may have.
    private var logLargest: (above: [Double], below: [Double])
    private let transform: FourierTransform

    /// What a stage of a transform loses at most, relative to the root of the sum of squares
    /// (Higham 2002, "Accuracy and Stability of Numerical Algorithms", Theorem 24.2).
    private static let transformError = 7 * Double.unitRoundoff

    init(count: Int) {
        let none = [Double](repeating: 0, count: count)
        above = (none, none)
        below = (none, none)
        logLargest = (none, none)
        transform = FourierTransform(count: count)
    }

    /// Multiplies by the spectra of tilted masses, taken to a power; those at point 0 are given
    /// apart.
    mutating func multiply(
        above masses: [Double], below others: [Double], atZero: (above: Double, below: Double),
        power: Double
    ) {
        var (re, im) = (masses, others)
        transform.forward(&re, &im)
        let levels = Double(transform.count.trailingZeroBitCount)
        let transformed =
            Self.transformError * levels * max(abs(1 - atZero.above), abs(1 - atZero.below))
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
            logLargest.above[index] += power * Self.largest(u, x, transformed)
            logLargest.below[index] += power * Self.largest(v, y, transformed)
        }
    }

    /// ln(|1 + x| + what rounding may add), and what rounding may do to a multiple of that.
    private static func largest(
        _ logarithm: (Double, Double), _ x: (Double, Double), _ transformed: Double
    ) -> Double {
        let error = transformed + 4 * .unitRoundoff * (abs(x.0) + abs(x.1))
        return logarithm.0 + log1p(error * exp(-logarithm.0))
            + 4 * .unitRoundoff * (abs(logarithm.0) + abs(logarithm.1))
    }

    /// ln(1 + x) of a complex number.
    private static func logarithm(_ x: (Double, Double)) -> (Double, Double) {
        let change = x.0 * (2 + x.0) + x.1 * x.1
        let square = (1 + x.0) * (1 + x.0) + x.1 * x.1
        return (
            (change > -0.5 ? log1p(change) : log(max(square, 1e-300))) / 2, atan2(x.1, 1 + x.0)
        )
    }

    /// The tilted masses from above and from below, and the root of the sum of their errors'
    /// squares.
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
            func error(_ logLargest: Double, _ logModulus: Double) -> Double {
                let most = exp(logLargest)
                return -most * expm1(logModulus - logLargest) + 8 * .unitRoundoff * most
            }
            let errors = (
                error(logLargest.above[index], above.logModulus[index]),
                error(logLargest.below[index], below.logModulus[index])
            )
            squares +=
                (other == index ? 1 : 2) * (errors.0 * errors.0 + errors.1 * errors.1)
        }
        transform.inverse(&re, &im)
        let levels = Double(transform.count.trailingZeroBitCount)
        let size = zip(re, im).reduce(0) { $0 + $1.0 * $1.0 + $1.1 * $1.1 }.squareRoot()
        return (
            re, im,
            (squares / Double(transform.count)).squareRoot() + Self.transformError * levels
                * size
        )
    }
}
