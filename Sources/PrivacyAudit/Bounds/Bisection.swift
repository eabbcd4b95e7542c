/// The end of the interval from `start` on in which a condition holds, rounded down by at most a
/// part in 10^10; `start` if it does not hold even there, and infinity if it does at `limit`.
func lastPoint(
    from start: Double = 0, limit: Double = 1e7, where holds: (Double) -> Bool
) -> Double {
    guard holds(start) else { return start }
    var low = start
    var high = start + 1
    while holds(high) {
        guard high < limit else { return .infinity }
        low = high
        high *= 2
    }
    for _ in 0..<100 where high - low > 1e-10 * high {
        let middle = low + (high - low) / 2
        if holds(middle) { low = middle } else { high = middle }
    }
    return low
}
