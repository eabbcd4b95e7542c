public import Sodium

/// Releases a sum of whole-number vectors in every round, with noise that is correlated over the
/// rounds: for noise that one party adds centrally (Choquette-Choo and others 2023, arXiv
/// 2306.08153; Kairouz and others 2021, arXiv 2103.00039, for the idea).
///
/// With C the banded Toeplitz matrix of the coefficients, round t publishes row t of Cx plus fresh
/// discrete Gaussian noise z. Everything else follows from what is published: x + C^-1 z, whose
/// prefix sums hold less noise than with independent noise. Coefficients are multiples of a power
/// of two, so that Cx is a vector of whole numbers on a finer grid and no rounding comes between
/// the analysis and what is drawn.
public struct CorrelatedRelease: Sendable {
    /// The numerators of the coefficients, the denominator first: not negative, not increasing.
    public let numerators: [Int]
    /// The variance of the fresh noise, in units of 1 / ``denominator`` squared.
    public var variance: Double { noise.variance }
    /// The number of coordinates.
    public let dimension: Int

    private let noise: DiscreteGaussian
    /// The latest sums and their estimates, newest first, one fewer than there are bands.
    private var sums: [[Int64]] = []
    private var estimates: [[Double]] = []
    private var samples: [Int32]

    /// The value of the first coefficient, 1, in units of the grid.
    public var denominator: Int { numerators[0] }

    /// A mechanism before its first round.
    ///
    /// - Parameters:
    ///   - coefficients: The first is 1, the others from 0 to the one before; rounded to multiples of
    ///     1/256.
    ///   - noiseMultiplier: The deviation of the fresh noise in each coordinate over `clippingNorm`.
    ///   - clippingNorm: The largest L2 norm of a user's vector, in whole units.
    ///   - dimension: The number of coordinates, at least 1.
    public init(
        coefficients: [Double], noiseMultiplier: Double, clippingNorm: Double, dimension: Int
    ) throws(DifferentialPrivacyError) {
        try require(
            coefficients.first == 1, "coefficient 0", coefficients.first ?? 0, "1")
        for (k, value) in coefficients.enumerated().dropFirst() {
            try require(
                value >= 0 && value <= coefficients[k - 1], "coefficient \(k)", value,
                "neither negative nor above the one before it")
        }
        try require(dimension >= 1, "the dimension", Double(dimension), "at least 1")
        try require(
            noiseMultiplier > 0 && clippingNorm > 0, "noise and clipping norm",
            min(noiseMultiplier, clippingNorm), "above 0")
        numerators = coefficients.map { Int(($0 * 256).rounded()) }
        self.dimension = dimension
        let deviation = noiseMultiplier * clippingNorm * 256
        noise = try DiscreteGaussian(variance: deviation * deviation)
        samples = [Int32](repeating: 0, count: dimension)
    }

    /// What `rounds` rounds cost under zero-out, or under addition and removal, of one user: with
    /// discrete Gaussian noise of variance v, moves of norm s are s^2 / (2 v)-zCDP (Canonne, Kamath
    /// and Steinke 2020, arXiv 2004.00010, Theorem 14).
    ///
    /// - Parameters:
    ///   - separation: The least number of rounds from one participation of a user to the next.
    ///   - most: The most participations of a user.
    public func event(
        rounds: Int, clippingNorm: Double, separation: Int, most: Int,
        neighbouring: NeighbouringRelation
    ) -> PrivacyEvent {
        let matrix = CorrelatedNoise(
            strategy: .toeplitz(coefficients: numerators.map(Double.init), rounds: rounds),
            participation: .separated(separation: separation, most: most), noiseMultiplier: 1)
        let reach =
            matrix.sensitivity(separation: separation, most: most) * clippingNorm
            * neighbouring.reach
        return .concentrated(rho: reach * reach / (2 * variance), neighbouring: neighbouring)
    }

    /// Releases the sum of a round: the estimate of `sum`, made of published numbers only.
    ///
    /// - Parameter sum: ``dimension`` whole numbers, below 2^40 in size.
    public mutating func release(
        _ sum: [Int64], using randomness: inout some RandomSource
    ) throws(DifferentialPrivacyError) -> [Double] {
        try require(
            sum.count == dimension, "the number of coordinates", Double(sum.count), "\(dimension)")
        for value in sum where value.magnitude >= 1 << 40 {
            throw .outOfRange(
                parameter: "a coordinate of the sum", value: Double(value), allowed: "below 2^40")
        }
        noise.fill(&samples, using: &randomness)
        var estimate = [Double](repeating: 0, count: dimension)
        for index in 0..<dimension {
            var published = Int64(denominator) * sum[index] + Int64(samples[index])
            for (lag, past) in sums.enumerated() {
                published += Int64(numerators[lag + 1]) * past[index]
            }
            var value = Double(published)
            for (lag, past) in estimates.enumerated() {
                value -= Double(numerators[lag + 1]) * past[index]
            }
            estimate[index] = value / Double(denominator)
        }
        guard numerators.count > 1 else { return estimate }
        sums.insert(sum, at: 0)
        estimates.insert(estimate, at: 0)
        if sums.count == numerators.count {
            sums.removeLast()
            estimates.removeLast()
        }
        return estimate
    }
}
