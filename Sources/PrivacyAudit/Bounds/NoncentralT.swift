internal import DifferentialPrivacy
internal import Foundation

/// The noncentral t distribution: (Z + shift) / W with Z standard normal and W^2 an independent
/// chi-squared variable, divided by its degrees of freedom.
struct NoncentralT {
    /// Points of ln W with their probabilities.
    private let points: [(factor: Double, weight: Double)]

    /// For tails at `value`, with at least 10 degrees of freedom.
    ///
    /// The density of ln W is smooth and falls off at both ends, so equal steps integrate to
    /// rounding errors; the steps follow the integrand where `value` makes it steeper than the
    /// density.
    init(degreesOfFreedom: Double, value: Double) {
        let deviation = 1 / (2 * degreesOfFreedom).squareRoot()
        let step = min(deviation / 4, 1 / (2 * max(abs(value), 1)))
        let end = Int((10 * deviation / step).rounded(.up))
        let points = (-end...end).map { index in
            let u = Double(index) * step
            let exponent = degreesOfFreedom * (u - expm1(2 * u) / 2)
            return (factor: value * exp(u), weight: exp(exponent))
        }
        let total = points.reduce(0) { $0 + $1.weight }
        self.points = points.map { ($0.factor, $0.weight / total) }
    }

    /// The probability of at least the value, for a shift.
    func upperTail(shift: Double) -> Double {
        points.reduce(0) { $0 + $1.weight * Normal.upperTail($1.factor - shift) }
    }
}
