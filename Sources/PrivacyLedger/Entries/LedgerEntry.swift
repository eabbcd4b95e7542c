/// One entry of the ledger. `protocol/ledger.md` says in which order they come and what is checked.
public struct LedgerEntry: Sendable, Hashable {
    /// Milliseconds since 1970 (UTC); never less than in the entry before.
    public var time: Int64
    /// What is written down.
    public var content: Content

    /// What an entry may hold.
    public enum Content: Sendable, Hashable {
        /// Opens the ledger; the first entry, and no other.
        case opening(LedgerOpening)
        /// Announces a use of the population.
        case task(LedgerTask)
        /// A round before the first device is asked.
        case plan(RoundPlan)
        /// What a round costs, written before anything is unmasked.
        case charge(RoundCharge)
        /// How a round ended.
        case outcome(RoundOutcome)
        /// What the operator declares.
        case statement(LedgerStatement)
    }

    /// Makes an entry.
    public init(time: Int64, content: Content) {
        self.time = time
        self.content = content
    }

    /// The step of the round that this entry is; nil for entries outside rounds.
    var step: RoundStep? {
        switch content {
        case .plan(let plan): RoundStep(task: plan.task, round: plan.round, kind: .plan)
        case .charge(let charge): RoundStep(task: charge.task, round: charge.round, kind: .charge)
        case .outcome(let outcome):
            RoundStep(task: outcome.task, round: outcome.round, kind: .outcome)
        case .opening, .task, .statement: nil
        }
    }
}

/// One of the three entries of a round.
struct RoundStep: Sendable, Hashable {
    enum Kind: Sendable, Hashable { case plan, charge, outcome }

    var task: String
    var round: Int
    var kind: Kind
}

/// What the operator declares; nothing in the ledger proves it.
public struct LedgerStatement: Sendable, Hashable {
    /// What it is about; see ``Topic``.
    public var topic: Topic
    /// The declaration.
    public var text: String

    /// The disclosures that no computation can fill.
    public enum Topic: String, Sendable, Hashable, CaseIterable {
        /// How long raw data, models and logs are kept, and how they are deleted.
        case retention
        /// What timing, sizes and metadata may give away, and what is done about it.
        case sideChannels = "side-channels"
        /// Releases of the same people's data outside this ledger.
        case otherReleases = "other-releases"
        /// Measured lower bounds on epsilon.
        case audit
        /// How good the models are.
        case utility
        /// How good they are for groups of people.
        case subgroupUtility = "subgroup-utility"
        /// Known violations of what was promised.
        case violations
    }

    /// Makes a statement.
    public init(topic: Topic, text: String) {
        self.topic = topic
        self.text = text
    }
}
