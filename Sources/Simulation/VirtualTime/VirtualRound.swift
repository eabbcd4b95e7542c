/// A round that came to its end, and what it took.
package struct VirtualRound: Sendable {
    /// The devices of the cohort, in ascending order.
    package var devices: [Int]
    /// What became of each, in the same order.
    package var fates: [Fate]
    /// How many versions of the model passed between each device's download and the sum; 0 in
    /// synchronous rounds.
    package var staleness: [Int]
    /// When the round began, in seconds since the beginning: after the devices had come together.
    package var began: Double
    /// When the sum was unmasked.
    package var ended: Double
    /// The attempts since the last round that came to nothing.
    package var abandoned: [AbandonedRound]
    /// What went on since the last round ended: the round, failed attempts, and the waiting for devices.
    package var cost: RoundCost
}

/// An attempt at a round that came to nothing.
package struct AbandonedRound: Sendable, Codable, Hashable {
    package var began: Double
    package var ended: Double
    /// The step that failed.
    package var step: String
    /// How many devices were left, and how many were needed.
    package var left: Int
    package var needed: Int
    /// Whether the coordinator was away.
    package var isOutage: Bool
    /// The devices that were invited.
    package var invited: [Int]
    /// The devices whose masked inputs a signed set of survivors named: nothing was revealed of them, but
    /// privacy was charged. Empty where the attempt failed before.
    package var charged: [Int]
}

/// What devices and coordinator spent between the ends of two rounds.
package struct RoundCost: Sendable, Codable, Hashable {
    /// Bytes that devices sent and received.
    package var bytesUp = 0
    package var bytesDown = 0
    /// Seconds in which devices computed or transferred.
    package var deviceSeconds = 0.0
    /// Charge that devices took from their batteries, or chargers.
    package var milliampereHours = 0.0
    /// The part of these that devices spent on contributions which are in no sum.
    package var wastedBytes = 0
    package var wastedSeconds = 0.0
    package var wastedMilliampereHours = 0.0
    /// How often devices checked in.
    package var checkIns = 0
    /// How often they found nobody there.
    package var failedCheckIns = 0
    /// Requests of all kinds that the coordinator answered.
    package var requests = 0
    /// The most devices that were connected at the same time, check-ins not counted.
    package var peakConnections = 0

    /// Adds what was spent later.
    package static func += (left: inout RoundCost, right: RoundCost) {
        left.bytesUp += right.bytesUp
        left.bytesDown += right.bytesDown
        left.deviceSeconds += right.deviceSeconds
        left.milliampereHours += right.milliampereHours
        left.wastedBytes += right.wastedBytes
        left.wastedSeconds += right.wastedSeconds
        left.wastedMilliampereHours += right.wastedMilliampereHours
        left.checkIns += right.checkIns
        left.failedCheckIns += right.failedCheckIns
        left.requests += right.requests
        left.peakConnections = max(left.peakConnections, right.peakConnections)
    }
}
