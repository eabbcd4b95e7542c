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
        self.init(down: broadcastByteCount)
        for step in RoundStep.allCases { self += RoundTraffic(of: step, parameters: parameters) }
    }

    /// The traffic of one step: what the device sends in it, and what it must have received before.
    package init(of step: RoundStep, parameters: AggregationParameters) {
        let degree = parameters.graph.degree
        let shares = 5 + degree * SealedShare.byteCount(under: parameters)
        let keys = KeyAdvertisement.byteCount(under: parameters)
        let bitmap = DeviceSet.byteCount(cohortSize: parameters.cohortSize)
        switch step {
        case .advertising: self.init(up: keys)
        case .sharing:
            let member = RosterMember.largestByteCount(cohortSize: parameters.cohortSize)
            self.init(up: shares, down: 5 + degree * (member + keys - 1))
        case .masking:
            self.init(up: MaskedInput.byteCount(under: parameters), down: shares)
        case .endorsing: self.init(up: Endorsement.byteCount, down: bitmap + 1)
        case .unmasking:
            self.init(
                up: UnmaskingShares.largestByteCount(under: parameters),
                down: bitmap + UnmaskingRequest.largestByteCount(under: parameters))
        }
    }

    /// Adds the traffic of another round.
    public static func += (left: inout RoundTraffic, right: RoundTraffic) {
        left.up += right.up
        left.down += right.down
    }
}
