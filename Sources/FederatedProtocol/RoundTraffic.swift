public import PrivateAggregation
public import SecureAggregation

/// What one device sends and receives in a round that it stays in to the end, with all its neighbours
/// there, in bytes; transport framing not counted.
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
    ///   - plan: The private sum.
    ///   - graph: Its neighbour graph.
    public init(broadcastByteCount: Int, plan: PrivateSumPlan, graph: GraphSecurity) {
        up =
            KeyAdvertisement.byteCount + graph.degree * SealedShare.byteCount
            + plan.maskedVectorByteCount + graph.degree * UnmaskingShares.Entry.byteCount
        down =
            broadcastByteCount + graph.degree * KeyAdvertisement.byteCount
            + graph.degree * SealedShare.byteCount + graph.degree * 4
    }

    /// Adds the traffic of another round.
    public static func += (left: inout RoundTraffic, right: RoundTraffic) {
        left.up += right.up
        left.down += right.down
    }
}
