/// What came of asking a device to take part.
public enum ParticipationResult: Sendable, Hashable {
    /// It may not, for all these reasons.
    case notNow([Hindrance])
    /// The coordinator has no round for it.
    case nothingOffered
    /// A round was offered; the report says what came of it.
    case offered(RoundReport)
}
