public import PrivacyLedger

/// How far a device is in a round.
public enum DeviceStep: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing was agreed to.
    case idle
    /// The record is charged; nothing was sent.
    case charged
    /// Keys were published.
    case advertised
    /// Secrets were shared among the neighbours.
    case shared
    /// The neighbours' shares came; the vector is due.
    case receiving
    /// The masked vector was sent.
    case contributed
    /// The set of survivors was signed.
    case endorsed
    /// The shares that unmask the sum were handed out.
    case finished
    /// The device has left.
    case left
}

/// What a device does about an offer. Either record is to be kept, as it holds the newest
/// checkpoint: without that, two views of a ledger could not be told from one.
public enum RoundDecision: Sendable {
    /// Joins: makes this record durable, then calls ``DeviceRound/recordIsDurable()``.
    case charge(DeviceRecord)
    /// Does not join, and why.
    case decline(DeviceRoundError, DeviceRecord)
}

/// What a device does next in a round.
public enum RoundEffect: Sendable, Hashable {
    /// Sends a message to the coordinator and waits for its next.
    case send([UInt8])
    /// Computes its vector and calls ``DeviceRound/contribute(_:)``.
    case contribute
    /// Sends its last message; its part is done.
    case finish([UInt8])
}
