public import Foundation

/// The distributed discrete Gaussian mechanism: every contributor rounds its clipped, rotated
/// vector to a grid and adds discrete Gaussian noise of its own (Kairouz, Liu and Steinke 2021,
/// arXiv 2102.06387, Algorithms 1 and 2).
///
/// The sum of discrete Gaussians is only nearly one itself; ``tau`` bounds what that costs. The
/// analysis is of the sum of `contributors` noise shares, so the guarantee is against everybody
/// who knows at most the others' shares.
///
/// The neighbouring relation is ``NeighbouringRelation/zeroOutOne``: one user's vector is replaced
/// by zero while all noise shares stay. If `contributors` leaves out the share of the user
/// concerned, whose own share can only help, the same figures hold under
/// ``NeighbouringRelation/addOrRemoveOne``.
public struct DistributedDiscreteGaussian: Sendable, Hashable {
    /// The largest L2 norm c of a contribution before rounding, in real units.
    public let clippingNorm: Double
    /// The width gamma of the grid: the real value of one ring unit.
    public let granularity: Double
    /// The number d of coordinates, padding included.
    public let dimension: Int
    /// The smallest variance s^2 of a noise share, in ring units squared.
    public let localVariance: Double
    /// The number n of honest noise shares in the sum.
    public let contributors: Int
    /// The sum of the variances of these shares, in ring units squared: n s^2 where all are equal.
    public let totalVariance: Double
    /// The probability beta bounding the rejection of a rounding; 0 never rejects, and costs more
    /// noise.
    public let roundingBias: Double

    /// A mechanism.
    ///
    /// - Parameters:
    ///   - clippingNorm: In real units, above 0.
    ///   - granularity: In real units, above 0.
    ///   - dimension: With padding, at least 1.
    ///   - localVariance: Of ``DiscreteGaussian/variance``, in ring units squared, above 0.
    ///   - contributors: The smallest number of noise shares, at least 1.
    ///   - totalVariance: The variance of all shares together, where they are not all equal; at
    ///     least `contributors` times `localVariance`.
    ///   - roundingBias: From 0 to below 1; exp(-1/2) unless stated.
    public init(
        clippingNorm: Double, granularity: Double, dimension: Int, localVariance: Double,
        contributors: Int, totalVariance: Double? = nil, roundingBias: Double = exp(-0.5)
    ) throws(DifferentialPrivacyError) {
        for (name, value) in [
            ("the clipping norm", clippingNorm), ("the granularity", granularity),
            ("the local variance", localVariance),
        ] {
            try require(value > 0 && value.isFinite, name, value, "above 0 and finite")
        }
        try require(dimension >= 1, "the dimension", Double(dimension), "at least 1")
        try require(
            contributors >= 1, "the number of contributors", Double(contributors), "at least 1")
        try require(
            roundingBias >= 0 && roundingBias < 1, "the rounding bias", roundingBias,
            "at least 0 and below 1")
        let least = Double(contributors) * localVariance
        self.totalVariance = totalVariance ?? least
        try require(
            self.totalVariance >= least * (1 - 1e-12) && self.totalVariance.isFinite,
            "the total variance", self.totalVariance, "at least \(least), that of the shares")
        self.clippingNorm = clippingNorm
        self.granularity = granularity
        self.dimension = dimension
        self.localVariance = localVariance
        self.contributors = contributors
        self.roundingBias = roundingBias
    }
}
