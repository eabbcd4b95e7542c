internal import Sodium

/// Draws positions with probability proportional to weights, in logarithmic time.
struct CumulativeWeights {
    private var sums: [Double]

    init(_ weights: [Double]) {
        sums = weights
        var total = 0.0
        for position in sums.indices {
            total += sums[position]
            sums[position] = total
        }
    }

    /// A random position; nil if there are no weights.
    func draw(_ randomness: inout SeededRandomness) -> Int? {
        guard let total = sums.last else { return nil }
        let target = randomness.nextUnit() * total
        var low = 0
        var high = sums.count - 1
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > target { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
