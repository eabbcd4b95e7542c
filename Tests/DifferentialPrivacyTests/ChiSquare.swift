import DifferentialPrivacy
import Foundation

/// Pearson's test of samples against the discrete Gaussian's own probabilities.
enum ChiSquare {
    /// The statistic, normalised to a standard normal by Wilson and Hilferty's cube root.
    ///
    /// Values expected less than ten times are pooled into two cells, one for each tail.
    static func standardised(_ samples: [Int], of distribution: some IntegerNoise) -> Double {
        let total = Double(samples.count)
        var edge = 0
        while distribution.pmf(edge + 1) * total >= 10 { edge += 1 }
        var counts = [Double](repeating: 0, count: 2 * edge + 3)
        for sample in samples { counts[min(edge + 1, max(-edge - 1, sample)) + edge + 1] += 1 }
        var expected = (-edge...edge).map { distribution.pmf($0) * total }
        let tail = max(1e-9, (total - expected.reduce(0, +)) / 2)
        expected = [tail] + expected + [tail]
        // Tails expected less than five times in total say little: they go to the outermost cells.
        if tail < 5 {
            for (from, to) in [(0, 1), (counts.count - 1, counts.count - 2)] {
                counts[to] += counts[from]
                expected[to] += expected[from]
            }
            counts = [Double](counts.dropFirst().dropLast())
            expected = [Double](expected.dropFirst().dropLast())
        }
        if counts.count == 1 { return samples.allSatisfy { $0 == 0 } ? 0 : .infinity }
        let statistic = zip(counts, expected).reduce(0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1
        }
        let freedom = Double(counts.count - 1)
        let spread = 2 / (9 * freedom)
        return (cbrt(statistic / freedom) - (1 - spread)) / spread.squareRoot()
    }

    /// Above this a fit is refused: with one seed in about 3,500,000 for a correct sampler.
    static let refusal = 5.0
}
