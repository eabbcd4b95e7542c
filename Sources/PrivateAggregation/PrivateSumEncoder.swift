internal import DifferentialPrivacy
internal import SecureAggregation
public import Sodium
public import VectorKernels

/// The device's half of a private sum: a real vector in, a noised vector over Z_2^b out.
public struct PrivateSumEncoder: Sendable {
    /// The plan this encoder follows.
    public let plan: PrivateSumPlan
    /// The name of the sum.
    let session: [UInt8]
    private let rotation: SessionRotation
    private let sketch: CountSketch?
    private let baseNoise: [any IntegerNoise]
    /// By number.
    private let componentNoise: [any IntegerNoise]

    /// Prepares the encoding of one session; all devices of a session share the same rotation.
    public init(plan: PrivateSumPlan, session: [UInt8]) throws {
        self.plan = plan
        self.session = session
        rotation = SessionRotation(session: session, dimension: plan.encodedDimension)
        sketch = plan.sketchWidth.map {
            CountSketch(session: session, dimension: plan.dimension, width: $0)
        }
        baseNoise = try plan.baseNoise()
        componentNoise = try (0..<plan.excessNoise.componentCount).map(plan.componentNoise)
    }

    /// Draws the seeds of a device's removable noise, by component.
    public func makeNoiseSeeds(from randomness: inout some RandomSource) -> [SecretBytes] {
        (0..<plan.excessNoise.componentCount).map { _ in
            SecretBytes(count: NoiseStream.seedLength, from: &randomness)
        }
    }

    /// Compresses, clips, rotates, scales, rounds and noises `vector`; only the result may leave
    /// the device, and only under a mask.
    ///
    /// Rounding is unbiased and repeated until the rounded vector meets the norm bound that the
    /// privacy of the sum rests on (Kairouz, Liu and Steinke 2021, algorithm 1), which the worst
    /// vector does with a probability of 39 % at each try.
    ///
    /// - Parameters:
    ///   - vector: `dimension` coordinates in real units.
    ///   - noiseSeeds: The seeds of the removable noise, by component; nil for a component that is
    ///     left out, as a simulation without masks does where it would be removed again.
    ///   - randomness: The source of rounding and of the noise that stays.
    /// - Throws: ``PrivateSumError/wrongDimension(expected:actual:)`` or
    ///   ``PrivateSumError/notFinite``.
    public func encode(
        _ vector: [Float], noiseSeeds: [SecretBytes?], randomness: inout some RandomSource
    ) throws -> RingVector {
        guard vector.count == plan.dimension else {
            throw PrivateSumError.wrongDimension(expected: plan.dimension, actual: vector.count)
        }
        precondition(noiseSeeds.count == plan.excessNoise.componentCount, "a seed a component")
        var rotated = try Self.clip(sketch?.compress(vector) ?? vector, to: plan.clippingNorm)
        rotation.forward(&rotated)
        var encoded = RingVector(zeros: rotated.count, bits: plan.modulusBits)
        var rounded = try rounded(rotated, randomness: &randomness)
        encoded.add(rounded)
        rounded.erase()
        for noise in baseNoise { encoded.add(noise, from: try NoiseStream(from: &randomness)) }
        for (noise, seed) in zip(componentNoise, noiseSeeds) {
            if let seed { encoded.add(noise, from: try NoiseStream(seed: seed)) }
        }
        return encoded
    }

    /// Rounds the coordinates of a rotated vector, in units of the granularity, until the norm is
    /// within its bound.
    private func rounded(
        _ rotated: [Float], randomness: inout some RandomSource
    ) throws -> [Int32] {
        let scale = 1 / Float(plan.granularity)
        let largest = plan.largestRoundedSquare
        let chunkLength = RingVector.noiseChunkLength
        var coins = try NoiseStream(from: &randomness)
        var words = [UInt32](repeating: 0, count: min(chunkLength, rotated.count))
        var rounded = [Int32](repeating: 0, count: rotated.count)
        var square = Int64.max
        while square > largest {
            square = 0
            for start in stride(from: 0, to: rotated.count, by: chunkLength) {
                coins.fill(&words)
                square += Rotation.roundRandomly(
                    rotated, in: start..<min(start + chunkLength, rotated.count), scale: scale,
                    random: words, into: &rounded)
            }
        }
        words.erase()
        return rounded
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
