public import DifferentialPrivacy
internal import PrivateAggregation

/// What the entries of a ledger say, sorted by task: for reports and accountants.
public struct LedgerHistory: Sendable {
    /// What holds for the whole ledger; nil where it has no opening.
    public private(set) var opening: LedgerOpening?
    /// The tasks, in the order of their announcement.
    public private(set) var tasks: [Task] = []
    /// What the operator declares, oldest first.
    public private(set) var statements: [LedgerStatement] = []

    /// A task with its rounds.
    public struct Task: Sendable {
        /// What was announced.
        public let task: LedgerTask
        /// The rounds, in order.
        public fileprivate(set) var rounds: [Round] = []

        /// The rounds that were charged.
        public var charged: [Round] { rounds.filter { $0.charge != nil } }

        /// What one device may have given away in this task, within its sampling claim: to the
        /// coordinator the dearest rounds that it can have been part of; to observers, where
        /// devices flip coins, all rounds with the chance to be in each.
        public func event(
            against adversary: PrivacyTarget.Adversary, neighbouring: NeighbouringRelation
        ) -> PrivacyEvent {
            let charged = charged
            let isEveryone = task.policy.selection == .everyone
            // As in ``PopulationAccount``: which rounds are dearest must not depend on the order.
            let isInteger = charged.contains { $0.plan.sum.noise.renyiOrders == .integer }
            let releases = charged.map { round in
                PrivacyEvent.concentrated(
                    rho: round.charge?.rho ?? 0, neighbouring: neighbouring,
                    orders: isInteger && !isEveryone
                        ? .integer : round.plan.sum.noise.renyiOrders)
            }
            if adversary == .observer, case .coins(let rate) = task.policy.selection {
                return .composed(Self.grouped(releases.map { .poissonSampled(rate: rate, $0) }))
            }
            let participations = task.policy.mostParticipations(
                in: rounds.count, population: task.population)
            let dearest = zip(releases, charged).sorted {
                ($0.1.charge?.rho ?? 0) > ($1.1.charge?.rho ?? 0)
            }
            return .composed(Self.grouped(dearest.prefix(participations).map(\.0)))
        }

        /// Equal events as repetitions of one.
        private static func grouped(_ events: [PrivacyEvent]) -> [PrivacyEvent] {
            var counts: [(event: PrivacyEvent, count: Int)] = []
            var places: [PrivacyEvent: Int] = [:]
            for event in events {
                if let place = places[event] {
                    counts[place].count += 1
                } else {
                    places[event] = counts.count
                    counts.append((event, 1))
                }
            }
            return counts.map { .repeated($0.event, count: $0.count) }
        }
    }

    /// The entries of one round.
    public struct Round: Sendable {
        /// What was planned.
        public let plan: RoundPlan
        /// What it cost; nil where it was not charged.
        public fileprivate(set) var charge: RoundCharge?
        /// How it ended; nil where it has not.
        public fileprivate(set) var outcome: RoundOutcome?
    }

    /// Sorts entries; those that stand nowhere in a valid ledger are left out.
    public init(_ entries: [LedgerEntry]) {
        var places: [String: Int] = [:]
        for entry in entries {
            switch entry.content {
            case .opening(let opening): self.opening = self.opening ?? opening
            case .statement(let statement): statements.append(statement)
            case .task(let task):
                guard places[task.name] == nil else { continue }
                places[task.name] = tasks.count
                tasks.append(Task(task: task))
            case .plan(let plan):
                guard let place = places[plan.task] else { continue }
                tasks[place].rounds.append(Round(plan: plan))
            case .charge(let charge):
                guard let place = places[charge.task], let last = tasks[place].rounds.indices.last
                else { continue }
                tasks[place].rounds[last].charge = charge
            case .outcome(let outcome):
                guard let place = places[outcome.task], let last = tasks[place].rounds.indices.last
                else { continue }
                tasks[place].rounds[last].outcome = outcome
            }
        }
    }

    /// What one device may have given away over all tasks.
    public func event(against adversary: PrivacyTarget.Adversary) -> PrivacyEvent {
        let neighbouring = opening?.neighbouring ?? .zeroOutOne
        return .composed(tasks.map { $0.event(against: adversary, neighbouring: neighbouring) })
    }
}
