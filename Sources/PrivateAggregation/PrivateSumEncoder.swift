internal import DifferentialPrivacy
public import Sodium
internal import VectorKernels

/// The device's half of a private sum: a real vector in, a noised vector over Z_2^b out.
public struct PrivateSumEncoder: Sendable {
    /// The plan this encoder follows.
    public let plan: PrivateSumPlan
    private let rotation: SessionRotation
    private let noise: DiscreteGaussian

    /// Prepares the encoding of one session; all devices of a session share the same rotation.
    public init(plan: PrivateSumPlan, session: [UInt8]) throws {
        self.plan = plan
        rotation = SessionRotation(session: session, dimension: plan.paddedDimension)
        noise = try DiscreteGaussian(variance: plan.localVariance)
    }

    /// Clips, rotates, scales, rounds and noises `vector`; only the result may leave the device.
    ///
    /// Rounding is unbiased and repeated until the rounded vector meets the norm bound that the
    /// privacy of the sum rests on (Kairouz, Liu and Steinke 2021, algorithm 1), which the worst
    /// vector does with a probability of 39 % at each try.
    ///
    /// - Throws: ``PrivateSumError/wrongDimension(expected:actual:)`` or ``PrivateSumError/notFinite``.
    public func encode(
        _ vector: [Float], randomness: inout some RandomSource
    ) throws(PrivateSumError) -> [UInt32] {
        guard vector.count == plan.dimension else {
            throw .wrongDimension(expected: plan.dimension, actual: vector.count)
        }
        let clipped = try Self.clip(vector, to: plan.clippingNorm)
        let rotated = rotation.unscaledForward(clipped)
        let scale = rotation.scale / Float(plan.granularity)
        var words = [UInt32](repeating: 0, count: plan.paddedDimension)
        var rounded = [Int32](repeating: 0, count: plan.paddedDimension)
        var square = Int64.max
        while square > plan.largestRoundedSquare {
            randomness.fill(&words)
            square = Rotation.roundRandomly(rotated, scale: scale, random: words, into: &rounded)
        }
        var share = [Int32](repeating: 0, count: plan.paddedDimension)
        noise.fill(&share, using: &randomness)
        return Ring.sum(rounded, share)
    }

    /// Scales `vector` down to an L2 norm of at most `norm`.
    static func clip(_ vector: [Float], to norm: Double) throws(PrivateSumError) -> [Float] {
        let square = VectorNorm.squared(vector)
        guard square.isFinite else { throw .notFinite }
        guard square > norm * norm else { return vector }
        let factor = Float(norm / square.squareRoot())
        return vector.map { $0 * factor }
    }
}
