internal import Sodium

/// For each of many groups a few values that stand for the distribution of all its values.
struct ValueSamples<Value: Comparable & Sendable>: Sendable {
    private var starts = [0]
    private var values: [Value] = []

    /// Adds a group: of its values, at most `limit` at equal steps of their order.
    mutating func append(_ group: [Value], limit: Int = 16) {
        let sorted = group.sorted()
        let count = min(limit, sorted.count)
        for step in 0..<count { values.append(sorted[(2 * step + 1) * sorted.count / (2 * count)]) }
        starts.append(values.count)
    }

    /// A random value of a group; nil if it has none.
    func draw(_ group: Int, _ randomness: inout SeededRandomness) -> Value? {
        let (start, end) = (starts[group], starts[group + 1])
        return end == start ? nil : values[start + randomness.nextIndex(below: end - start)]
    }
}
