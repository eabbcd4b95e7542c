internal import DifferentialPrivacy
internal import Sodium

/// How precise the mean of the middle of a few normal values is.
enum OrderStatistics {
    /// The standard deviation of the mean of `kept` (by rank) of `count` independent values that are
    /// normal with a standard deviation of 1; about a thousandth off.
    ///
    /// By simulation, but only of what the mean of all leaves open: how far the estimate is from it
    /// is independent of it for normal values (Basu's theorem), so that the variances add up, and the
    /// larger part, 1 / `count`, is exact.
    static func deviation(count: Int, kept: Range<Int>) throws -> Double {
        guard kept.count < count else { return 1 / Double(count).squareRoot() }
        // On a lattice fine enough; integers are the same on every machine.
        let unit = 256.0
        let normal = try DiscreteGaussian(variance: unit * unit)
        let trials = max(4096, min(1 << 16, (1 << 22) / count))
        var randomness = SeededRandomness(seed: 0, label: "order statistics")
        var draws = [Int32](repeating: 0, count: count)
        var squares = 0.0
        for _ in 0..<trials {
            normal.fill(&draws, using: &randomness)
            let mean = Double(draws.reduce(0) { $0 + Int($1) }) / Double(count)
            draws.sort()
            let middle = Double(draws[kept].reduce(0) { $0 + Int($1) }) / Double(kept.count)
            squares += (middle - mean) * (middle - mean)
        }
        return (1 / Double(count) + squares / (Double(trials) * unit * unit)).squareRoot()
    }
}
