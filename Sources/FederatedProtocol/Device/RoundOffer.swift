public import PrivacyLedger
internal import PrivateAggregation
public import SecureAggregation

/// The invitation of one device to one round, with everything that shows what it agrees to.
///
/// Task and plan are the ledger's own entries, so that what a device is shown and what auditors
/// read cannot differ; the masked sum's parameters follow from the plan but for roster, graph and
/// committee. Nothing here is to be believed before ``DeviceRound/consider(_:record:)``.
public struct RoundOffer: Sendable, Hashable {
    /// The task, as its entry has it.
    public let task: LedgerTask
    /// The round, as its entry has it.
    public let plan: RoundPlan
    /// The newest signed statement of what the ledger holds.
    public let checkpoint: Checkpoint
    /// The proof that it continues the checkpoint that the device saw last; empty where it saw none.
    public let consistency: [[UInt8]]
    /// The proof that the task is in the ledger.
    public let taskInclusion: LedgerInclusion
    /// The proof that the plan is in the ledger.
    public let planInclusion: LedgerInclusion
    /// The proof that the device is among those invited.
    public let membership: CohortMembership
    /// The device's place in the roster of the masked sum.
    public let member: RosterMember
    /// The root of that roster, 32 bytes.
    public let rosterRoot: [UInt8]
    /// Degree and threshold of the graph of neighbours.
    public let graph: GraphSecurity
    /// Size and quorum of the committee.
    public let committee: CommitteeSecurity

    /// Reads the two entries of an invitation.
    ///
    /// - Throws: ``DeviceRoundError/notAnEntry(_:)`` where they are not a task and a plan.
    public init(
        checkpoint: Checkpoint, consistency: [[UInt8]], task: LedgerInclusion,
        plan: LedgerInclusion, membership: CohortMembership, member: RosterMember,
        rosterRoot: [UInt8], graph: GraphSecurity, committee: CommitteeSecurity
    ) throws(DeviceRoundError) {
        guard case .task(let announced) = task.content else { throw .notAnEntry("a task") }
        guard case .plan(let planned) = plan.content else { throw .notAnEntry("a plan") }
        self.task = announced
        self.plan = planned
        self.checkpoint = checkpoint
        self.consistency = consistency
        taskInclusion = task
        planInclusion = plan
        self.membership = membership
        self.member = member
        self.rosterRoot = rosterRoot
        self.graph = graph
        self.committee = committee
    }

    /// The parameters of the masked sum.
    ///
    /// - Throws: ``SecureAggregation/AggregationError/invalidParameters(_:)``.
    public var parameters: AggregationParameters {
        get throws(AggregationError) {
            try plan.sum.aggregationParameters(
                session: plan.session, round: UInt64(plan.round), rosterRoot: rosterRoot,
                graph: graph, committee: committee)
        }
    }
}
