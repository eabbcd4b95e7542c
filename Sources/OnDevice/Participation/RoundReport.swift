public import FederatedProtocol

/// What became of a round that a device was offered, for its owner to see.
public struct RoundReport: Sendable, Hashable, Codable {
    /// The task's name.
    public var task: String
    /// The number of the round.
    public var round: Int
    /// What was summed.
    public var query: String
    /// When it was offered, in seconds since 1970 (UTC).
    public var time: Int64
    /// What came of it.
    public var result: Result

    /// The ends of a round, as a device sees them.
    public enum Result: Sendable, Hashable, Codable {
        /// It was charged. It is going on, or the process died in it; the charge stays.
        case joined
        /// The device did all its part; whether the sum came about is in the ledger.
        case finished
        /// The device did not join: nothing was charged or sent.
        case declined(reason: String)
        /// The device left after a step. The charge stays.
        case left(after: DeviceStep, reason: String)
    }
}
