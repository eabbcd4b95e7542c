/// A reason for which a device takes part in no round now.
public enum Hindrance: Error, Sendable, Hashable, CustomStringConvertible {
    /// The owner was not asked for consent.
    case notAsked
    /// The owner wants a pause.
    case paused(until: Int64)
    /// The owner has withdrawn.
    case withdrawn
    /// The device is in use.
    case inUse
    /// The device runs on its battery.
    case notCharging
    /// The network is paid for by volume, or there is none.
    case metered
    /// The device has too little behaviour to learn from.
    case tooFewEvents(Int, needed: Int)
    /// The owner's cap on epsilon is reached.
    case capReached(epsilon: Double, cap: Double)
    /// The coordinator's ledger has shown two histories; see ``Participation/evidence``.
    case ledgerConvicted
    /// A round is going on already.
    case busy

    /// The reason in one line.
    public var description: String {
        switch self {
        case .notAsked: "the owner was not asked for consent yet"
        case .paused(let end): "the owner paused participation until \(end) (seconds since 1970)"
        case .withdrawn: "the owner has withdrawn consent"
        case .inUse: "the device is in use"
        case .notCharging: "the device is not charging"
        case .metered: "the network is metered"
        case .tooFewEvents(let count, let needed): "\(count) events are there, \(needed) are needed"
        case .capReached(let epsilon, let cap):
            "epsilon is \(epsilon) and the owner's cap \(cap); only the owner can raise it"
        case .ledgerConvicted:
            "the coordinator's ledger has shown this device two histories that contradict each other"
        case .busy: "a round is going on already"
        }
    }
}
