public import SecureAggregation
public import Sodium

/// A device's side of one private sum: it encodes and noises its vector and takes the steps of the
/// masked sum (``advertiseKeys()``, ``shareKeys(with:)``, ``contribute(_:receiving:)``, on
/// committee members ``endorse(_:)``, ``unmask(_:)``), each once and in this order.
public struct PrivateSumDevice<Randomness: RandomSource>: Sendable {
    private let encoder: PrivateSumEncoder
    /// What noise is drawn from; gone once it is drawn.
    private var noise: (source: Randomness, seeds: [SecretBytes])?
    private var aggregation: AggregationDevice<Randomness>

    /// Joins a sum.
    ///
    /// - Parameters:
    ///   - encoder: The encoder of the session.
    ///   - accepted: The parameters of the masked sum, accepted by the device's terms.
    ///   - membership: The device's place in the roster.
    ///   - identity: The device's enrolled key.
    ///   - noise: The source of rounding and noise.
    ///   - keys: The source of keys and shares; a stream of its own.
    /// - Throws: ``SecureAggregation/AggregationError/otherSession`` where the parameters name
    ///   another session than the encoder's,
    ///   ``SecureAggregation/AggregationError/refusedTerms(_:)`` where they are not those of its
    ///   plan, and what joining the masked sum throws.
    public init(
        encoder: PrivateSumEncoder, accepted: AcceptedParameters, membership: RosterMember,
        identity: SigningKey, noise: Randomness, keys: Randomness
    ) throws(AggregationError) {
        guard encoder.session == accepted.parameters.session else { throw .otherSession }
        guard encoder.plan.isPlan(of: accepted.parameters) else {
            throw .refusedTerms("the parameters are not those of the private sum's plan")
        }
        self.encoder = encoder
        var noise = noise
        let seeds = encoder.makeNoiseSeeds(from: &noise)
        self.noise = (noise, seeds)
        aggregation = try AggregationDevice(
            accepted: accepted, membership: membership, identity: identity, noiseSeeds: seeds,
            randomness: keys)
    }

    /// Step 1: publishes fresh keys.
    public mutating func advertiseKeys() throws(AggregationError) -> KeyAdvertisement {
        try aggregation.advertiseKeys()
    }

    /// Step 2: shares the session's secrets among the neighbours.
    public mutating func shareKeys(
        with peers: [VerifiedPeer]
    ) throws(AggregationError) -> SealedShares {
        SealedShares(try aggregation.shareKeys(with: peers))
    }

    /// Step 3: clips, encodes, noises and masks `vector`.
    ///
    /// - Throws: ``PrivateSumError`` or ``SecureAggregation/AggregationError``.
    public mutating func contribute(
        _ vector: [Float], receiving shares: DeliveredShares
    ) throws -> MaskedInput {
        guard case (var source, let seeds)? = noise.take() else {
            throw AggregationError.unexpectedStep("a vector is contributed once")
        }
        return try aggregation.mask(
            try encoder.encode(vector, noiseSeeds: seeds, randomness: &source), receiving: shares)
    }

    /// Whether the device signs the set of survivors.
    public var isInCommittee: Bool { aggregation.isInCommittee }

    /// Step 4, on members of the committee: signs the set of survivors.
    public mutating func endorse(
        _ survivors: DeviceSet
    ) throws(AggregationError) -> Endorsement {
        try aggregation.endorse(survivors)
    }

    /// Step 5: hands out the shares that unmask the sum.
    public mutating func unmask(
        _ survivors: VerifiedSurvivors
    ) throws(AggregationError) -> UnmaskingShares {
        try aggregation.unmask(survivors)
    }
}
