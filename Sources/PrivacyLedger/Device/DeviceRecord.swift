public import DifferentialPrivacy
internal import Foundation
internal import PrivateAggregation
internal import Sodium

/// A device's own account: which rounds it took part in and what they cost, whatever the
/// coordinator's ledger says. It refuses what would exceed the cap of its owner, and holds the
/// ledger to what it has seen of it.
///
/// A value to be kept in the device's encrypted store; it is charged *before* the device sends
/// anything, so that a crash may over-count and never under-count.
public struct DeviceRecord: Sendable, Codable, Hashable {
    /// A round that the device has agreed to take part in.
    public struct Participation: Sendable, Codable, Hashable {
        /// The task's name.
        public var task: String
        /// The number of the round.
        public var round: Int
        /// The name of the masked sum, in hexadecimal.
        public var session: String
        /// The most that the round may cost, as zero-concentrated differential privacy.
        public var rho: Double
        /// The family of its noise.
        public var noise: NoiseDistribution
    }

    /// The ledger's name and key, as text; see ``VerificationKey``.
    public let ledger: String
    /// The relation under which the cap holds.
    public let neighbouring: NeighbouringRelation
    /// The largest epsilon that the owner allows, over all tasks.
    public let largestEpsilon: Double
    /// The delta of the cap.
    public let delta: Double
    /// The rounds so far, oldest first.
    public private(set) var participations: [Participation] = []
    /// The last checkpoint that was verified, as text; nil before the first.
    public private(set) var checkpoint: String?

    /// A record without any participation.
    ///
    /// - Parameters:
    ///   - opening: The ledger's, as the device was given it when it was enrolled.
    ///   - cap: The owner's.
    /// - Throws: ``LedgerError/invalidName(_:)``.
    public init(opening: LedgerOpening, cap: PrivacyBudget) throws(LedgerError) {
        ledger = try VerificationKey(name: opening.origin, key: opening.publicKey).description
        neighbouring = opening.neighbouring
        largestEpsilon = cap.epsilon
        delta = cap.delta
    }

    /// The epsilon that all participations together have come to, against the coordinator.
    public var epsilon: Double {
        get throws { try Self.epsilon(participations, delta: delta, neighbouring) }
    }

    private static func epsilon(
        _ participations: [Participation], delta: Double, _ neighbouring: NeighbouringRelation
    ) throws -> Double {
        var accountant = RenyiAccountant(neighbouring: neighbouring)
        for participation in participations {
            try accountant.compose(
                participation.noise.event(rho: participation.rho, neighbouring: neighbouring))
        }
        return try accountant.epsilon(delta: delta)
    }

    /// Agrees to take part in a round, or refuses. The cost is worked out from the plan, for the
    /// worst number of devices that its sum may have.
    ///
    /// - Parameters:
    ///   - plan: The round, as the ledger has it.
    ///   - task: Its task, as the ledger has it.
    ///   - membership: The device's place in its cohort.
    ///   - identity: The device's public key, 32 bytes.
    /// - Throws: ``DeviceRefusal``; nothing is recorded then. A round that the device has joined
    ///   already goes on only with what it kept of that sum: to contribute twice to one plan, with
    ///   fresh noise, would be another release.
    public mutating func join(
        _ plan: RoundPlan, of task: LedgerTask, membership: CohortMembership, identity: [UInt8]
    ) throws {
        guard plan.aggregation == .real else { throw DeviceRefusal.notMasked }
        guard task.name == plan.task else { throw DeviceRefusal.policyBroken("another task") }
        // Who is in a group is not in the ledger: a coordinator could gather its own devices in one.
        guard plan.groups == 1 else {
            throw DeviceRefusal.policyBroken("the cohort is divided into groups")
        }
        if let complaint = task.complaint(of: plan) {
            throw DeviceRefusal.policyBroken(complaint)
        }
        guard membership.isValid(for: identity, in: plan) else { throw DeviceRefusal.notInvited }
        let session = hexadecimal(plan.session)
        guard !participations.contains(where: { $0.session == session }) else {
            throw DeviceRefusal.alreadyJoined
        }
        guard !participations.contains(where: { $0.task == plan.task && $0.round >= plan.round })
        else { throw DeviceRefusal.roundRepeated(plan.round) }
        // Noise is the same for all numbers of survivors; how little its shares are like one piece
        // grows with their number.
        let costs = try [plan.sum.minimumSurvivors, plan.sum.cohortSize].map {
            try plan.sum.achievedNoise(survivors: $0).rho
        }
        let all =
            participations + [
                Participation(
                    task: plan.task, round: plan.round, session: session,
                    rho: max(costs[0], costs[1]), noise: plan.sum.noise)
            ]
        let after = try Self.epsilon(all, delta: delta, neighbouring)
        guard after <= largestEpsilon * (1 + 1e-9) else {
            throw DeviceRefusal.capExceeded(epsilon: after, cap: largestEpsilon)
        }
        participations = all
    }

    /// Takes in a newer checkpoint, after checking its signature and that it continues the last.
    ///
    /// - Parameters:
    ///   - new: The checkpoint.
    ///   - proof: The consistency proof from the last checkpoint's size.
    /// - Throws: ``DeviceRefusal``: with evidence, where two checkpoints cannot both be true.
    public mutating func observe(_ new: Checkpoint, consistency proof: [[UInt8]]) throws {
        let key = try VerificationKey(ledger)
        guard new.origin == key.name, new.note.isSigned(by: key) else {
            throw DeviceRefusal.notSigned
        }
        if let last = try checkpoint.map({ text throws(LedgerError) in try Checkpoint(text) }) {
            let evidence = SplitView.roots(last, new)
            if evidence.isProof(against: key) { throw DeviceRefusal.splitView(evidence) }
            guard new.size >= last.size else {
                throw DeviceRefusal.ledgerWentBack(from: last.size, to: new.size)
            }
            guard new.continues(last, proof: proof) else {
                throw DeviceRefusal.inconsistent(older: last, newer: new)
            }
        }
        checkpoint = new.note.string
    }

    /// Checks that the ledger, as last observed, has the plan of a round as this device was shown it.
    ///
    /// - Throws: ``DeviceRefusal/notInLedger(round:)``.
    public func check(_ plan: RoundPlan, at inclusion: LedgerInclusion) throws {
        guard let text = checkpoint, inclusion.isValid(under: try Checkpoint(text)),
            let entry = try? LedgerEntry(decoding: inclusion.entry), entry.content == .plan(plan)
        else { throw DeviceRefusal.notInLedger(round: plan.round) }
    }

    /// Checks the ledger's sampling claim against this device's own participations.
    ///
    /// - Throws: ``DeviceRefusal/claimBroken(task:participations:allowed:)``.
    public func check(_ task: LedgerTask, afterRounds rounds: Int) throws {
        let own = participations.count { $0.task == task.name && $0.round < rounds }
        let allowed = task.policy.mostParticipations(in: rounds, population: task.population)
        guard own <= allowed else {
            throw DeviceRefusal.claimBroken(
                task: task.name, participations: own, allowed: allowed)
        }
    }
}

/// Why a device does not go on.
public enum DeviceRefusal: Error, Equatable, CustomStringConvertible {
    /// The cohort's commitment does not have this device.
    case notInvited
    /// The sum would not be masked.
    case notMasked
    /// The round does not keep to the policy of its task.
    case policyBroken(String)
    /// The device joined a sum of this name before.
    case alreadyJoined
    /// The task had this round, or a later one, already.
    case roundRepeated(Int)
    /// The round could cost more than the owner allows.
    case capExceeded(epsilon: Double, cap: Double)
    /// A checkpoint is not signed with the ledger's key.
    case notSigned
    /// A checkpoint is older than the last one; ask for a newer one.
    case ledgerWentBack(from: Int, to: Int)
    /// A checkpoint is not shown to continue the last. Both are signed: the owner must show a
    /// proof, and cannot if they contradict each other.
    case inconsistent(older: Checkpoint, newer: Checkpoint)
    /// Two statements of the ledger's owner contradict each other.
    case splitView(SplitView)
    /// The ledger does not have a round that this device took part in.
    case notInLedger(round: Int)
    /// The device was in more rounds than the sampling claim allows.
    case claimBroken(task: String, participations: Int, allowed: Int)

    /// The reason in one line.
    public var description: String {
        switch self {
        case .notInvited: "this device is not among those that the round's plan commits to"
        case .notMasked: "the sum would not be masked: it is of a simulation"
        case .policyBroken(let complaint): "the round breaks the policy of its task: \(complaint)"
        case .alreadyJoined:
            "this device joined a sum of that name before; it goes on only with what it kept of it"
        case .roundRepeated(let round): "round \(round), or a later one, was taken part in already"
        case .capExceeded(let epsilon, let cap):
            "the round could raise this device's epsilon to \(epsilon), over its cap of \(cap)"
        case .notSigned: "the checkpoint is not signed with the ledger's key"
        case .ledgerWentBack(let from, let to):
            "the ledger has shrunk from \(from) entries to \(to)"
        case .inconsistent(let older, let newer):
            "nothing shows that the ledger of \(newer.size) entries continues that of \(older.size)"
        case .splitView: "the ledger's owner has signed two statements that contradict each other"
        case .notInLedger(let round): "the ledger does not have round \(round) as it was announced"
        case .claimBroken(let task, let participations, let allowed):
            "this device was in \(participations) rounds of \(task), where the sampling claim allows "
                + "\(allowed)"
        }
    }
}
