internal import Foundation

/// A number from below and from above.
struct Bounds: Sendable, Hashable {
    var lower: Double
    var upper: Double

    /// What is known if both are.
    func intersection(_ other: Bounds) -> Bounds {
        Bounds(lower: max(lower, other.lower), upper: min(upper, other.upper))
    }

    /// What is known of the larger of two numbers.
    func larger(_ other: Bounds) -> Bounds {
        Bounds(lower: max(lower, other.lower), upper: max(upper, other.upper))
    }
}

/// Bounds on the smallest epsilon >= 0 at which a decreasing function, known through bounds, is at
/// most `delta`; infinite above where there is none up to `largest`. Bounds may be wide far from
/// `guess`.
func smallestEpsilon(
    delta: Double, guess: Double, largest: Double = 1e9,
    bounds: (_ epsilon: Double) -> Bounds
) -> Bounds {
    func logExcess(_ epsilon: Double, _ side: KeyPath<Bounds, Double>) -> Double {
        let value = bounds(epsilon)[keyPath: side]
        // What overflowed says nothing: neither that delta is small enough, nor that it is not.
        if value.isNaN { return side == \.upper ? .infinity : -.infinity }
        return log(max(value, 1e-300) / delta)
    }
    if logExcess(0, \.upper) <= 0 { return Bounds(lower: 0, upper: 0) }
    // Upwards to where delta is small enough, in steps that grow; then downwards to where it is
    // not.
    var high = max(guess, 1e-9)
    var width = max(high * 1e-4, 1e-12)
    while logExcess(high, \.upper) > 0 {
        high += width
        width *= 4
        guard high < largest else { return Bounds(lower: 0, upper: .infinity) }
    }
    let upper = crossing(below: high) { logExcess($0, \.upper) }
    let lower = crossing(below: upper.high) { logExcess($0, \.lower) }
    return Bounds(lower: lower.low, upper: upper.high)
}

/// Where a function that is not above 0 at `end` was last above 0 before, in a narrow bracket; 0 if
/// it is not above 0 anywhere on the way.
private func crossing(
    below end: Double, of function: (Double) -> Double
) -> (low: Double, high: Double) {
    var high = end
    var highValue = function(high)
    guard highValue <= 0 else { return (high, high) }
    var low = high
    var lowValue = highValue
    var width = max(high * 1e-13, 1e-300)
    while lowValue <= 0 {
        (high, highValue) = (low, lowValue)
        guard low > 0 else { return (0, 0) }
        low = max(0, low - width)
        width *= 8
        lowValue = function(low)
    }
    // Regula falsi, a little past the root so that both ends close in on it, halving in between.
    for step in 0..<200 where high - low > 1e-13 * high {
        var middle = low + (high - low) / 2
        if step % 3 != 2, lowValue.isFinite, lowValue > highValue {
            let secant = low + (high - low) * lowValue / (lowValue - highValue)
            let nudge = (high - low) * 1e-3
            let aim = step % 3 == 0 ? secant + nudge : secant - nudge
            if aim > low, aim < high { middle = aim }
        }
        guard middle > low, middle < high else { break }
        let value = function(middle)
        if value > 0 {
            (low, lowValue) = (middle, value)
        } else {
            (high, highValue) = (middle, value)
        }
    }
    return (low, high)
}
