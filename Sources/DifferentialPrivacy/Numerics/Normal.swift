internal import Foundation

/// The standard normal distribution.
package enum Normal {
    /// P(X > x), to a few units in the last place wherever it is not below 1e-300.
    package static func upperTail(_ x: Double) -> Double { 0.5 * erfc(x / 2.0.squareRoot()) }

    /// P(a < X <= b), without cancellation in either tail; 0 unless a < b.
    package static func mass(_ a: Double, _ b: Double) -> Double {
        guard a < b else { return 0 }
        return a > 0 ? upperTail(a) - upperTail(b) : upperTail(-b) - upperTail(-a)
    }

    /// exp(`exponent`) P(a < X <= b), also where neither factor is representable.
    package static func mass(_ a: Double, _ b: Double, exponent: Double) -> Double {
        if abs(exponent) < 100 { return exp(exponent) * mass(a, b) }
        guard a < b else { return 0 }
        let (near, far) = a > 0 ? (a, b) : (-b, -a)
        guard near > 0 else { return exp(exponent + log(mass(a, b))) }
        let logarithm = logUpperTail(near)
        let rest = far == .infinity ? -.infinity : logUpperTail(far) - logarithm
        return exp(exponent + logarithm) * -expm1(rest)
    }

    /// ln P(X > x), also where the probability itself would underflow.
    package static func logUpperTail(_ x: Double) -> Double {
        if x < 30 { return log(upperTail(x)) }
        // The asymptotic series of Mills' ratio; what follows is below 1e-14 of it.
        let y = 1 / (x * x)
        let series = -y * (1 - y * (3 - y * (15 - y * (105 - y * (945 - y * 10_395)))))
        return -x * x / 2 - log(x) - log(2 * .pi) / 2 + log1p(series)
    }
}

extension Double {
    /// The relative error of one rounding.
    static let unitRoundoff = 0x1p-53
}
