internal import Foundation

/// Gauss's quadrature on [-1, 1].
enum GaussRule {
    /// The points and weights of the rule with 24 points.
    static let ofOrder24: [(point: Double, weight: Double)] = rule(24)

    /// Roots of the Legendre polynomial by Newton's method, which converges from these starts.
    private static func rule(_ count: Int) -> [(point: Double, weight: Double)] {
        (0..<count).map { index in
            var x = cos(.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
            var slope = 1.0
            for _ in 0..<8 {
                var (previous, value) = (1.0, x)
                for degree in 2...count {
                    let n = Double(degree)
                    (previous, value) = (value, ((2 * n - 1) * x * value - (n - 1) * previous) / n)
                }
                slope = Double(count) * (x * value - previous) / (x * x - 1)
                x -= value / slope
            }
            return (x, 2 / ((1 - x * x) * slope * slope))
        }
    }
}
