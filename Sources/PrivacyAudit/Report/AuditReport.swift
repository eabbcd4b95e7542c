public import DifferentialPrivacy
internal import Foundation
public import PrivacyLedger
internal import PrivateAggregation

/// What an auditor hands to a regulator about a ledger: everything worked out from its entries, and
/// nothing else, so that the same ledger gives the same report.
public struct AuditReport: Sendable, Codable {
    /// A task with what it spent by itself.
    public struct Task: Sendable, Codable {
        /// Its name.
        public var name: String
        /// What it is for, in the operator's words.
        public var purpose: String
        /// The rounds that were charged, and those that were announced.
        public var rounds: Int
        /// The rounds that were announced.
        public var announced: Int
        /// The number of enrolled devices.
        public var population: Int
        /// How cohorts are chosen.
        public var sampling: String
        /// Its own promise.
        public var budget: Double
        /// The delta of the promise.
        public var delta: Double
        /// Whom the promise is against.
        public var against: String
        /// What it came to by itself.
        public var coordinator: Guarantee
        /// The same for who sees the models only.
        public var observer: Guarantee
        /// The rounds, in order.
        public var releases: [Release]
    }

    /// A round as it was executed.
    public struct Release: Sendable, Codable {
        /// The number of the round, from 0.
        public var round: Int
        /// What was summed.
        public var query: String
        /// The devices invited, and those in the sum.
        public var invited: Int
        /// The devices in the sum; 0 where it was not revealed.
        public var contributors: Int
        /// The number of coordinates.
        public var dimension: Int
        /// The largest L2 norm of a contribution.
        public var clippingNorm: Double
        /// The family of the noise.
        public var noise: NoiseDistribution
        /// The standard deviation of the noise in each coordinate of the sum, real units.
        public var noiseStandardDeviation: Double
        /// The cost, as zero-concentrated differential privacy; 0 where it was not charged.
        public var rho: Double
        /// How it ended.
        public var outcome: String
    }

    /// The name of the ledger.
    public var ledger: String
    /// The key that signs it, as text.
    public var publicKey: String
    /// Whether that key was given by the reader; otherwise it is the ledger's own word.
    public var isKeyPinned: Bool
    /// The number of entries that the last checkpoint covers, of all entries.
    public var signedEntries: Int
    /// The number of entries.
    public var entries: Int
    /// The root of the tree over the entries, in base64 as in checkpoints; absent without a checkpoint.
    public var root: String?
    /// Whether it is of a simulation.
    public var isSimulation: Bool
    /// What is wrong with the ledger; empty if nothing is.
    public var findings: [LedgerFinding]
    /// The relation under which everything holds.
    public var neighbouring: NeighbouringRelation
    /// What all tasks together may spend of a user.
    public var budget: Double
    /// Whom that is promised against.
    public var against: String
    /// What all tasks together came to, against the coordinator.
    public var coordinator: Guarantee
    /// The same against those who see the models only.
    public var observer: Guarantee
    /// What the last charge recorded; absent before the first.
    public var recorded: Spent?
    /// The tasks.
    public var tasks: [Task]
    /// The eighteen disclosures.
    public var disclosures: [Disclosure]

    /// Reports on a ledger that was checked.
    ///
    /// - Parameters:
    ///   - verification: The outcome of the check.
    ///   - isKeyPinned: Whether it was checked with a key from elsewhere.
    /// - Throws: ``AuditReportError/noOpening`` where it has no opening entry.
    public init(_ verification: LedgerVerification, isKeyPinned: Bool = false) throws {
        let history = LedgerHistory(verification.entries)
        guard let opening = history.opening else { throw AuditReportError.noOpening }
        let delta = opening.target.budget.delta
        ledger = opening.origin
        publicKey = verification.key?.description ?? ""
        self.isKeyPinned = isKeyPinned
        entries = verification.entries.count
        signedEntries = verification.checkpoint?.size ?? 0
        root = verification.checkpoint.map { Data($0.root).base64EncodedString() }
        isSimulation = opening.randomness == .seeded
        findings = verification.findings
        neighbouring = opening.neighbouring
        budget = opening.target.budget.epsilon
        against = opening.target.against.rawValue
        recorded = verification.spent
        coordinator = try Guarantee(
            of: history.event(against: .coordinator), under: neighbouring, delta: delta)
        observer = try Guarantee(
            of: history.event(against: .observer), under: neighbouring, delta: delta)
        tasks = try history.tasks.map { try Task($0, under: opening.neighbouring) }
        disclosures = []
        disclosures = Disclosure.Topic.allCases.map { disclosure($0, history, opening) }
    }
}

extension AuditReport.Task {
    fileprivate init(_ history: LedgerHistory.Task, under relation: NeighbouringRelation) throws {
        let task = history.task
        let delta = task.target.budget.delta
        name = task.name
        purpose = task.purpose
        rounds = history.charged.count
        announced = task.rounds
        population = task.population
        sampling = task.policy.words
        budget = task.target.budget.epsilon
        self.delta = delta
        against = task.target.against.rawValue
        coordinator = try Guarantee(
            of: history.event(against: .coordinator, neighbouring: relation), under: relation,
            delta: delta)
        observer = try Guarantee(
            of: history.event(against: .observer, neighbouring: relation), under: relation,
            delta: delta)
        releases = history.rounds.map(AuditReport.Release.init)
    }
}

extension AuditReport.Release {
    fileprivate init(_ round: LedgerHistory.Round) {
        let sum = round.plan.sum
        self.round = round.plan.round
        query = round.plan.query
        invited = sum.cohortSize
        dimension = sum.dimension
        clippingNorm = sum.clippingNorm
        noise = sum.noise
        contributors = 0
        noiseStandardDeviation = 0
        rho = round.charge?.rho ?? 0
        switch round.outcome?.result {
        case .completed(let contributors, let deviation, _):
            self.contributors = contributors
            noiseStandardDeviation = deviation
            outcome = "revealed"
        case .abandoned(let step, let left, let needed):
            outcome = "abandoned at '\(step)': \(left) devices left, \(needed) needed"
        case nil: outcome = round.charge == nil ? "not revealed yet" : "charged, outcome unknown"
        }
    }
}

extension CohortPolicy {
    /// The sampling claim in words.
    var words: String {
        switch selection {
        case .everyone: "every device in every round"
        case .rotation(let size): "cohorts of \(size) devices that take turns"
        case .limited(let size, let participations):
            "cohorts of \(size) devices, each in at most \(participations) rounds"
        case .coins(let rate): "each device by its own coin, at a rate of \(rate)"
        }
    }
}

/// Why there is no report.
public enum AuditReportError: Error, Equatable, CustomStringConvertible {
    /// The ledger does not say what holds for it.
    case noOpening

    /// The cause and the remedy, in one line.
    public var description: String {
        "the ledger has no opening entry, so that there is nothing to report on; see covey audit verify"
    }
}
