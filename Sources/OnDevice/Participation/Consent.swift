/// Whether the owner of a device has agreed to take part in rounds. Times are seconds since 1970
/// (UTC).
public enum Consent: Sendable, Hashable, Codable {
    /// The owner was never asked: no round.
    case notAsked
    /// The owner agreed.
    case granted(at: Int64)
    /// The owner agreed, and wants no round before a time.
    case paused(until: Int64)
    /// The owner said no, or no longer. Where the device's privacy account was erased as well, that
    /// is final: a new account would begin at nothing, and count less than was spent.
    case withdrawn(at: Int64, isFinal: Bool)

    /// The state after the owner's wish.
    ///
    /// From `notAsked`, the owner may grant or decline (`withdrawn`); from `granted`, pause or
    /// withdraw; from `paused`, grant again, change the end or withdraw; from `withdrawn`, grant again
    /// unless it is final, and make it final. Nothing leads back to `notAsked`.
    ///
    /// - Throws: ``ParticipationError/consentNotPossible(from:to:)``.
    public func changed(to new: Consent) throws(ParticipationError) -> Consent {
        switch (self, new) {
        case (.notAsked, .granted), (.notAsked, .withdrawn), (.granted, .paused),
            (.granted, .granted), (.granted, .withdrawn), (.paused, .paused), (.paused, .granted),
            (.paused, .withdrawn), (.withdrawn(_, false), .granted),
            (.withdrawn(_, false), .withdrawn), (.withdrawn(_, true), .withdrawn(_, true)):
            return new
        default: throw .consentNotPossible(from: self, to: new)
        }
    }

    /// Whether nothing leads back to a grant.
    var isFinal: Bool {
        if case .withdrawn(_, isFinal: true) = self { true } else { false }
    }

    /// What it says against a round at `time`; nil where nothing. A pause that is over is a grant.
    func hindrance(at time: Int64) -> Hindrance? {
        switch self {
        case .notAsked: .notAsked
        case .granted: nil
        case .paused(let end): time < end ? .paused(until: end) : nil
        case .withdrawn: .withdrawn
        }
    }
}
