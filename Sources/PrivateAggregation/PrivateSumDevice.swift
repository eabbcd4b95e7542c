public import SecureAggregation
public import Sodium

/// A device's side of one private sum: it encodes and noises its vector and takes the four steps of
/// the masked sum (``advertiseKeys()``, ``shareKeys(with:)``, ``contribute(_:receiving:)``,
/// ``unmask(_:)``), each once and in this order.
public struct PrivateSumDevice<Randomness: RandomSource>: Sendable {
    private let encoder: PrivateSumEncoder
    private var noise: Randomness
    private var aggregation: AggregationDevice<Randomness>

    /// Joins a sum as number `device` of the cohort.
    ///
    /// - Parameters:
    ///   - encoder: The encoder of the session.
    ///   - parameters: The parameters of the masked sum.
    ///   - device: This device's number, from 0.
    ///   - graph: The neighbour graph of `parameters`, where the caller has built it already.
    ///   - noise: The source of rounding and noise.
    ///   - keys: The source of keys and shares; a stream of its own.
    public init(
        encoder: PrivateSumEncoder, parameters: AggregationParameters, device: Int,
        graph: NeighbourGraph? = nil, noise: Randomness, keys: Randomness
    ) throws(AggregationError) {
        self.encoder = encoder
        self.noise = noise
        aggregation = try AggregationDevice(
            parameters: parameters, device: device, graph: graph, randomness: keys)
    }

    /// Step 1: publishes fresh keys.
    public mutating func advertiseKeys() throws(AggregationError) -> KeyAdvertisement {
        try aggregation.advertiseKeys()
    }

    /// Step 2: shares the session's secrets among the neighbours.
    public mutating func shareKeys(
        with advertisements: [KeyAdvertisement]
    ) throws(AggregationError) -> [SealedShare] {
        try aggregation.shareKeys(with: advertisements)
    }

    /// Step 3: clips, encodes, noises and masks `vector`.
    ///
    /// - Throws: ``PrivateSumError`` or ``SecureAggregation/AggregationError``.
    public mutating func contribute(
        _ vector: [Float], receiving shares: [SealedShare]
    ) throws -> MaskedInput {
        let encoded = try encoder.encode(vector, randomness: &noise)
        return try aggregation.mask(encoded, receiving: shares)
    }

    /// Step 4: hands out the shares that unmask the sum.
    public mutating func unmask(
        _ request: UnmaskingRequest
    ) throws(AggregationError) -> UnmaskingShares {
        try aggregation.unmask(request)
    }
}
