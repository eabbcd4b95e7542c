internal import Foundation

/// A clipping norm that follows a quantile of the contributions' norms (Andrew, Thakkar, McMahan and
/// Ramaswamy 2021, arXiv 1905.03871, Section 2.1).
///
/// The share of contributions that were not clipped is a release of its own: the sum of one bit for each
/// device, plus noise, charged as a ``PrivacyEvent`` like any other.
public struct AdaptiveClip: Sendable, Hashable {
    /// The norm to which longer contributions are scaled down, in real units.
    public private(set) var clippingNorm: Double
    /// The share of contributions that should not be clipped, 0 to 1.
    public let targetQuantile: Double
    /// The step eta in the logarithm of the norm, above 0; 0.2 in the paper.
    public let learningRate: Double
    /// The smallest norm.
    public let smallest: Double
    /// The largest norm.
    public let largest: Double

    /// Starts at `clippingNorm`, which lies from `smallest`, above 0, to `largest`, finite.
    public init(
        clippingNorm: Double, targetQuantile: Double = 0.5, learningRate: Double = 0.2,
        smallest: Double, largest: Double
    ) throws(DifferentialPrivacyError) {
        try require(
            targetQuantile >= 0 && targetQuantile <= 1, "the target quantile", targetQuantile,
            "from 0 to 1")
        try require(
            learningRate > 0 && learningRate.isFinite, "the learning rate", learningRate,
            "above 0 and finite")
        try require(
            smallest > 0 && smallest <= largest, "the smallest clipping norm", smallest,
            "above 0 and at most the largest")
        try require(largest.isFinite, "the largest clipping norm", largest, "finite")
        try require(
            clippingNorm >= smallest && clippingNorm <= largest, "the clipping norm", clippingNorm,
            "from \(smallest) to \(largest)")
        self.clippingNorm = clippingNorm
        self.targetQuantile = targetQuantile
        self.learningRate = learningRate
        self.smallest = smallest
        self.largest = largest
    }

    /// Moves the norm after a round: C <- C exp(-eta (b - gamma)).
    ///
    /// - Parameter unclippedShare: The noisy share b of contributions within the norm. Noise may
    ///   have carried it out of 0 to 1, to which it is brought back.
    public mutating func update(unclippedShare: Double) throws(DifferentialPrivacyError) {
        try require(
            unclippedShare.isFinite, "the share of unclipped contributions", unclippedShare,
            "finite")
        let share = min(1, max(0, unclippedShare))
        let moved = clippingNorm * exp(-learningRate * (share - targetQuantile))
        clippingNorm = min(largest, max(smallest, moved))
    }
}
