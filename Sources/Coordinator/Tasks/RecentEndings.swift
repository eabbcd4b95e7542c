internal import PrivacyLedger

/// How the latest rounds ended, for devices that ask late.
struct RecentEndings: Sendable {
    struct Ending: Sendable {
        var completed: Bool
        var reason: String
        /// What was accepted in the round, as long as it is remembered.
        var accepted: AcceptedMessages?
    }

    private var endings: [[UInt8]: Ending] = [:]
    private var order: [[UInt8]] = []
    private static let most = 256
    /// Of so many rounds it is remembered who sent what.
    private static let mostAccepted = 16

    subscript(session: [UInt8]) -> Ending? { endings[session] }

    mutating func note(_ round: LiveRound, completed: Bool, reason: String) {
        note(
            round.plan.session,
            Ending(completed: completed, reason: reason, accepted: round.acceptedMessages))
    }

    /// Notes the end of a round of which nothing else is known.
    mutating func note(_ session: [UInt8], completed: Bool, reason: String) {
        note(session, Ending(completed: completed, reason: reason))
    }

    private mutating func note(_ session: [UInt8], _ ending: Ending) {
        if endings.updateValue(ending, forKey: session) == nil { order.append(session) }
        if order.count > Self.most { endings[order.removeFirst()] = nil }
        if order.count > Self.mostAccepted {
            endings[order[order.count - 1 - Self.mostAccepted]]?.accepted = nil
        }
    }
}
