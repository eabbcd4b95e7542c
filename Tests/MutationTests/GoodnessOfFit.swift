import DifferentialPrivacy
import Foundation

/// Pearson's test of integers against a distribution's own probabilities.
enum GoodnessOfFit {
    /// Whether the numbers may come from `noise`: numbers that do are refused with a probability of
    /// 2.9e-7 (five standard deviations, by Wilson and Hilferty's cube root).
    static func accepts(_ numbers: [Int32], _ noise: any IntegerNoise) -> Bool {
        let total = Double(numbers.count)
        // Values beyond the edges, each expected less than ten times, are one cell a side.
        var expected = [noise.pmf(0) * total]
        while let last = expected.last, last >= 10 {
            expected.append(noise.pmf(expected.count) * total)
        }
        let edge = expected.count - 1
        var inner = expected[0]
        for magnitude in 1..<edge { inner += 2 * expected[magnitude] }
        expected[edge] = max(1e-9, (total - inner) / 2)
        var counts = [Double](repeating: 0, count: 2 * edge + 1)
        for number in numbers { counts[min(edge, max(-edge, Int(number))) + edge] += 1 }
        var statistic = 0.0
        for (index, count) in counts.enumerated() {
            let mean = expected[abs(index - edge)]
            statistic += (count - mean) * (count - mean) / mean
        }
        let freedom = Double(counts.count - 1)
        let spread = 2 / (9 * freedom)
        return (cbrt(statistic / freedom) - (1 - spread)) / spread.squareRoot() < 5
    }
}
