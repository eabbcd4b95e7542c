internal import FederatedProtocol
internal import SecureAggregation

/// The messages that a round has accepted, to answer a repetition of one after the round's end.
struct AcceptedMessages: Sendable {
    let roster: Roster
    let digests: [RoundStep: [Int: MessageDigest]]
    let maskedInputByteCount: Int

    /// Whether a device's message is one that was accepted.
    func contains(_ digest: MessageDigest, in step: RoundStep, from identity: [UInt8]) -> Bool {
        roster.number(of: identity).map { digests[step]?[$0] == digest } ?? false
    }

    /// Whether a device's masked input is in.
    func hasMaskedInput(of identity: [UInt8]) -> Bool {
        roster.number(of: identity).map { digests[.masking]?[$0] != nil } ?? false
    }
}

extension LiveRound {
    /// What was accepted so far.
    var acceptedMessages: AcceptedMessages {
        AcceptedMessages(
            roster: roster, digests: accepted, maskedInputByteCount: maskedInputByteCount)
    }
}
