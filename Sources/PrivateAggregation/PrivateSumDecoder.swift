internal import VectorKernels

/// The coordinator's half of a private sum: the unmasked sum over Z_2^b in, real values out.
public struct PrivateSumDecoder: Sendable {
    /// The plan this decoder follows.
    public let plan: PrivateSumPlan
    private let rotation: SessionRotation

    /// Prepares the decoding of one session.
    public init(plan: PrivateSumPlan, session: [UInt8]) {
        self.plan = plan
        rotation = SessionRotation(session: session, dimension: plan.paddedDimension)
    }

    /// The estimate of the sum of the clipped vectors, `dimension` coordinates in real units.
    public func decode(_ sum: [UInt32]) throws(PrivateSumError) -> [Float] {
        guard sum.count == plan.paddedDimension else {
            throw .wrongDimension(expected: plan.paddedDimension, actual: sum.count)
        }
        let unused = UInt32(32 - plan.modulusBits)
        let unit = Float(plan.granularity) * rotation.scale
        let rotated = sum.map { Float(Int32(bitPattern: $0 << unused) >> Int32(unused)) * unit }
        return Array(rotation.unscaledBackward(rotated).prefix(plan.dimension))
    }
}
