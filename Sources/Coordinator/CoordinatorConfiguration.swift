package import DifferentialPrivacy
package import FederatedProtocol
internal import Foundation
package import PrivacyLedger

/// What an operator decides of a coordinator.
package struct CoordinatorConfiguration: Sendable {
    /// Who may enrol.
    package enum Enrolment: String, Sendable, Hashable, CaseIterable {
        /// Every device that proves to have its key.
        case open
        /// Those with a one-time token.
        case token
    }

    /// This process among those that serve the population.
    package var replica: Replica
    /// The name of the ledger, "shop.example/recommender"; holds from the first start on.
    package var origin: String
    /// What all tasks together may spend of one user; holds from the first start on.
    package var target: PrivacyTarget
    /// The relation under which every epsilon of the ledger holds; from the first start on. Tasks with
    /// cohorts of a fixed size need `zeroOutOne`.
    package var neighbouring: NeighbouringRelation
    /// Whether it is a rehearsal: cohorts and sums are those of `covey simulate` with the scenario's
    /// seed, and the ledger says so. Holds from the first start on.
    package var isRehearsal: Bool
    /// Who may enrol.
    package var enrolment: Enrolment
    /// How long the steps of a round wait.
    package var schedule: StepSchedule
    /// How long a round waits for devices before it begins with those that are there, in
    /// milliseconds.
    package var gathering: Int
    /// For how long this coordinator leads without a word to the store, in milliseconds: another takes
    /// over so much later. Where it is the only one, it may be long.
    package var leaseMilliseconds: Int
    /// The check-ins that this coordinator wants to answer, a second.
    package var checkInsPerSecond: Double

    /// Collects a configuration.
    package init(
        replica: Replica, origin: String, target: PrivacyTarget,
        neighbouring: NeighbouringRelation = .zeroOutOne, isRehearsal: Bool = false,
        enrolment: Enrolment = .token, schedule: StepSchedule = .standard,
        gathering: Int = 30_000, leaseMilliseconds: Int = 10_000, checkInsPerSecond: Double = 500
    ) {
        self.replica = replica
        self.origin = origin
        self.target = target
        self.neighbouring = neighbouring
        self.isRehearsal = isRehearsal
        self.enrolment = enrolment
        self.schedule = schedule
        self.gathering = gathering
        self.leaseMilliseconds = leaseMilliseconds
        self.checkInsPerSecond = checkInsPerSecond
    }
}

/// Where a coordinator reads the time, in milliseconds.
package struct CoordinatorClock: Sendable {
    /// Since 1970; may jump.
    package var wall: @Sendable () -> Int64
    /// Since some moment; never goes back.
    package var monotonic: @Sendable () -> Int64

    /// Two clocks.
    package init(
        wall: @escaping @Sendable () -> Int64, monotonic: @escaping @Sendable () -> Int64
    ) {
        self.wall = wall
        self.monotonic = monotonic
    }

    /// The system's.
    package static var system: CoordinatorClock {
        let start = ContinuousClock.now
        return CoordinatorClock(
            wall: { Int64(Date().timeIntervalSince1970 * 1000) },
            monotonic: {
                let (seconds, attoseconds) = (ContinuousClock.now - start).components
                return seconds * 1000 + attoseconds / 1_000_000_000_000_000
            })
    }
}
