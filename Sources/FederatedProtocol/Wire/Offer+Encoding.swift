internal import Foundation
package import PrivacyLedger
internal import SecureAggregation
internal import Sodium

extension Covey_V1_LedgerInclusion {
    /// An inclusion proof as it is sent.
    package init(_ inclusion: LedgerInclusion) {
        self.init()
        entry = Bytes(inclusion.entry)
        index = UInt64(inclusion.index)
        path = inclusion.path.map { Bytes($0) }
    }

    /// The proof; its numbers may still be wrong.
    package var inclusion: LedgerInclusion {
        LedgerInclusion(
            entry: [UInt8](entry), index: Int(clamping: index), path: path.map { [UInt8]($0) })
    }
}

extension Covey_V1_Offer {
    /// An invitation as it is sent.
    ///
    /// - Parameters:
    ///   - offer: The invitation.
    ///   - broadcast: The hash and the size of what the round's query needs; nil where it needs
    ///     nothing.
    ///   - coordinator: Whom to send the messages of the round.
    package init(
        _ offer: RoundOffer, broadcast: (hash: [UInt8], byteCount: Int)?, coordinator: String
    ) {
        self.init()
        checkpoint = offer.checkpoint.note.string
        consistency = offer.consistency.map { Bytes($0) }
        task = Covey_V1_LedgerInclusion(offer.taskInclusion)
        plan = Covey_V1_LedgerInclusion(offer.planInclusion)
        membership.salt = Bytes(offer.membership.salt)
        membership.place = UInt64(offer.membership.place)
        membership.path = offer.membership.path.map { Bytes($0) }
        member.device = UInt32(offer.member.device)
        member.identity = Bytes(offer.member.identity)
        member.path = offer.member.path.map { Bytes($0) }
        rosterRoot = Bytes(offer.rosterRoot)
        graph.degree = UInt32(offer.graph.degree)
        graph.threshold = UInt32(offer.graph.threshold)
        graph.leastInWindow = UInt32(offer.graph.leastInWindow)
        committee.size = UInt32(offer.committee.size)
        committee.quorum = UInt32(offer.committee.quorum)
        if let broadcast {
            self.broadcast.hash = Bytes(broadcast.hash)
            self.broadcast.byteCount = UInt64(broadcast.byteCount)
        }
        self.coordinator = coordinator
    }

    /// The invitation. Nothing of it is to be believed before ``DeviceRound/consider(_:record:)``.
    ///
    /// - Throws: ``DeviceRoundError/notAnEntry(_:)`` or ``PrivacyLedger/LedgerError/invalidNote(_:)``
    ///   where it cannot be read.
    package var offer: RoundOffer {
        get throws {
            try RoundOffer(
                checkpoint: Checkpoint(checkpoint), consistency: consistency.map { [UInt8]($0) },
                task: task.inclusion, plan: plan.inclusion,
                membership: CohortMembership(
                    salt: [UInt8](membership.salt), place: Int(clamping: membership.place),
                    path: membership.path.map { [UInt8]($0) }),
                member: RosterMember(
                    device: Int(member.device), identity: [UInt8](member.identity),
                    path: member.path.map { [UInt8]($0) }),
                rosterRoot: [UInt8](rosterRoot),
                graph: GraphSecurity(
                    degree: Int(graph.degree), threshold: Int(graph.threshold),
                    leastInWindow: Int(graph.leastInWindow)),
                committee: CommitteeSecurity(
                    size: Int(committee.size), quorum: Int(committee.quorum)))
        }
    }
}
