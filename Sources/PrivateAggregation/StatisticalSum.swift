internal import DifferentialPrivacy
public import Sodium

/// The simulator's stand-in for a private sum: exact clipped floats are added up by the caller, and
/// the rounding and noise of all devices are drawn once, with the same variance.
///
/// It says nothing about the code path that protects real devices, and must never be used for such a
/// claim.
public struct StatisticalSum: Sendable {
    /// The lattice on which the Gaussian is drawn: standard deviation / 256 apart.
    private static let resolution = 256.0

    /// The plan whose noise is imitated.
    public let plan: PrivateSumPlan
    /// Its table takes longer to make than a cohort's noise to draw, so that there is one for all.
    private static let noise = Result { try DiscreteGaussian(variance: resolution * resolution) }

    /// Prepares the noise of `plan`.
    public init(plan: PrivateSumPlan) { self.plan = plan }

    /// What `survivors` devices would have added to the sum in all, `dimension` coordinates.
    public func noise(
        survivors: Int, randomness: inout some RandomSource
    ) throws -> [Float] {
        let step = Float(plan.sumStandardDeviation(survivors: survivors) / Self.resolution)
        var draws = [Int32](repeating: 0, count: plan.dimension)
        try Self.noise.get().fill(&draws, using: &randomness)
        return draws.map { step * Float($0) }
    }
}
