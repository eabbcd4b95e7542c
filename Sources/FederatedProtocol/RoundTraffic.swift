public import SecureAggregation
internal import Sodium

/// What one device sends and receives in a round that it stays in to the end, with all its
/// neighbours there, as a member of the committee, in bytes; transport framing not counted.
public struct RoundTraffic: Sendable, Hashable, Codable {
    /// Bytes that the device sends.
    public var up: Int
    /// Bytes that the device receives.
    public var down: Int

    /// No traffic.
    public init(up: Int = 0, down: Int = 0) {
        self.up = up
        self.down = down
    }

    /// The traffic of a round.
    ///
    /// - Parameters:
    ///   - broadcastByteCount: The size of what the algorithm sends to every device.
    ///   - parameters: The masked sum.
    public init(broadcastByteCount: Int, parameters: AggregationParameters) {
        let degree = parameters.graph.degree
        let shares = 5 + degree * SealedShare.byteCount(under: parameters)
        let member = RosterMember.largestByteCount(cohortSize: parameters.cohortSize)
        let keys = KeyAdvertisement.byteCount(under: parameters)
        up =
            keys + shares + MaskedInput.byteCount(under: parameters) + Endorsement.byteCount
            + UnmaskingShares.largestByteCount(under: parameters)
        let bitmap = DeviceSet.byteCount(cohortSize: parameters.cohortSize)
        down =
            broadcastByteCount + 5 + degree * (member + keys - 1) + shares + bitmap + 1 + bitmap
            + UnmaskingRequest.largestByteCount(under: parameters)
    }

    /// Adds the traffic of another round.
    public static func += (left: inout RoundTraffic, right: RoundTraffic) {
        left.up += right.up
        left.down += right.down
    }
}
