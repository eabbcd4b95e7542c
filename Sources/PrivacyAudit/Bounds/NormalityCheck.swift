internal import DifferentialPrivacy

/// Whether numbers could come from a normal distribution: Kolmogorov's distance.
enum NormalityCheck {
    /// The largest distance, times the square root of the count. If mean and deviation were known
    /// in advance it would be exceeded in 1 % of cases; with estimated ones in well below 0.1 %.
    static let largestDistance = 1.63

    /// Finds heavy tails, mixtures, few distinct values and means away from the stated one, once
    /// there are enough numbers to see them. `numbers` are given from the largest.
    static func passes(_ numbers: [Double], mean: Double, deviation: Double) -> Bool {
        guard deviation > 0 else { return false }
        let share = 1 / Double(numbers.count)
        var distance = 0.0
        for (index, number) in numbers.enumerated() {
            let tail = Normal.upperTail((number - mean) / deviation)
            distance = max(
                distance, tail - Double(index) * share, Double(index + 1) * share - tail)
        }
        return distance * Double(numbers.count).squareRoot() <= largestDistance
    }
}
