internal import DifferentialPrivacy
internal import Foundation

/// The cosine between a uniformly random direction and any other vector: its density is
/// proportional to (1 - t^2)^((d - 3) / 2) in d dimensions, near N(0, 1 / d) when they are many.
struct RandomCosine {
    /// The number of dimensions, at least 2.
    let dimension: Int
    private let total: Double

    init(dimension: Int) {
        self.dimension = dimension
        total = 2 * Self.integral(from: 0, power: Double(dimension - 1))
    }

    /// P(T > `cosine`), to some 8 digits.
    ///
    /// With t = tanh u it is an integral of 1 / cosh(u)^(d - 1), which falls off smoothly.
    func upperTail(_ cosine: Double) -> Double {
        if abs(cosine) >= 1 { return cosine > 0 ? 0 : 1 }
        let start = atanh(abs(cosine))
        let power = Double(dimension - 1)
        let decay = exp(-power * Self.logCosh(start))
        let tail = decay * Self.integral(from: start, power: power) / total
        return cosine < 0 ? 1 - tail : tail
    }

    /// The number that a standard normal variable exceeds as rarely as T exceeds `cosine`.
    func normalScore(_ cosine: Double) -> Double {
        let score = -Normal.quantile(upperTail(abs(cosine)))
        return cosine < 0 ? -score : score
    }

    /// The integral of (cosh(start) / cosh(u))^power from `start` on, by Simpson's rule.
    private static func integral(from start: Double, power: Double) -> Double {
        let origin = logCosh(start)
        func value(_ u: Double) -> Double { exp(power * (origin - logCosh(u))) }
        var width = 1 / power.squareRoot()
        while value(start + width) > 1e-16 { width *= 1.25 }
        let intervals = 1600
        let step = width / Double(intervals)
        var sum = 1 + value(start + width)
        for index in 1..<intervals {
            sum += (index % 2 == 0 ? 2 : 4) * value(start + Double(index) * step)
        }
        return sum * step / 3
    }

    /// ln cosh u for u >= 0, without overflow.
    private static func logCosh(_ u: Double) -> Double { u + log1p(expm1(-2 * u) / 2) }
}
