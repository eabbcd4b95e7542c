internal import DifferentialPrivacy
public import SecureAggregation
internal import Sodium
public import VectorKernels

/// The coordinator's half of a private sum: the unmasked sum over Z_2^b in, real values out.
public struct PrivateSumDecoder: Sendable {
    /// The plan this decoder follows.
    public let plan: PrivateSumPlan
    private let rotation: SessionRotation
    private let sketch: CountSketch?

    /// The estimate of a sum.
    public struct Estimate: Sendable {
        /// The sum of the clipped vectors, `dimension` coordinates in real units.
        public var values: [Float]
        /// The standard deviation of each coordinate's error, in real units. Where vectors were
        /// compressed, it is measured from the sum itself: its root mean square over the buckets,
        /// which is the noise together with what other coordinates leave in a bucket.
        public var standardDeviation: Double
    }

    /// Prepares the decoding of one session.
    public init(plan: PrivateSumPlan, session: [UInt8]) {
        self.plan = plan
        rotation = SessionRotation(session: session, dimension: plan.encodedDimension)
        sketch = plan.sketchWidth.map {
            CountSketch(session: session, dimension: plan.dimension, width: $0)
        }
    }

    /// Takes the excess noise off an unmasked sum.
    public func removeExcessNoise(from unmasked: UnmaskedSum) throws -> RingVector {
        try check(unmasked.sum)
        var sum = unmasked.sum
        for component in 0..<plan.excessNoise.componentCount {
            let removed = unmasked.removedNoise.filter { $0.component == component }
            guard !removed.isEmpty else { continue }
            let noise = try plan.componentNoise(component)
            for removed in removed {
                sum.add(noise, from: try NoiseStream(seed: removed.seed), subtracting: true)
            }
        }
        return sum
    }

    /// Decodes a sum of `survivors` devices from which the excess noise is removed.
    public func decode(
        _ sum: RingVector, survivors: Int
    ) throws(PrivateSumError) -> Estimate {
        try check(sum)
        let unit = Float(plan.granularity)
        var values = sum.signedElements.map { Float($0) * unit }
        rotation.backward(&values)
        guard let sketch else {
            return Estimate(
                values: values,
                standardDeviation: plan.sumStandardDeviation(survivors: survivors))
        }
        let meanSquare = VectorNorm.squared(values) / Double(sketch.width)
        return Estimate(
            values: sketch.restore(values), standardDeviation: meanSquare.squareRoot())
    }

    private func check(_ sum: RingVector) throws(PrivateSumError) {
        guard sum.count == plan.encodedDimension, sum.bits == plan.modulusBits else {
            throw .wrongDimension(expected: plan.encodedDimension, actual: sum.count)
        }
    }
}
