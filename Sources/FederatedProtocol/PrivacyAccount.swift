public import DifferentialPrivacy
public import PrivacyLedger

/// What every device has spent so far, and what the released models give away: the two epsilons
/// that are always reported together and never mixed.
public struct PrivacyAccount: Sendable {
    private let policy: CohortPolicy
    private let noise: NoiseDistribution
    private var individuals: IndividualAccounts
    private var released: RenyiAccountant
    private var dearest = 0.0

    /// Opens the account of a population of devices.
    ///
    /// - Parameters:
    ///   - population: The number of devices.
    ///   - policy: How cohorts are chosen, which decides whether observers' knowledge is amplified.
    ///   - noise: The family of the noise of all rounds.
    ///   - budget: What a device may spend against the coordinator, and the delta at which epsilons are
    ///     stated.
    public init(
        population: Int, policy: CohortPolicy, noise: NoiseDistribution, budget: PrivacyBudget
    ) throws {
        self.policy = policy
        self.noise = noise
        individuals = IndividualAccounts(
            users: population,
            filter: try PrivacyFilter(
                budget: budget, kind: .concentrated(noise.renyiOrders),
                neighbouring: policy.neighbouring))
        released = RenyiAccountant(neighbouring: policy.neighbouring)
    }

    /// Charges a round of `rho` to the devices in the sum.
    public mutating func charge(rho: Double, devices: [Int]) throws {
        individuals.charge(devices, cost: rho)
        dearest = max(dearest, rho)
        if case .coins(let rate) = policy.selection {
            try released.compose(
                .poissonSampled(
                    rate: rate, noise.event(rho: rho, neighbouring: policy.neighbouring)))
        }
    }

    /// The guarantee over everything charged so far, for the device that took part most.
    public var spent: LedgerEntry.Spent {
        get throws {
            let filter = individuals.filter
            let coordinator = try filter.epsilon(spent: individuals.largestSpent)
            var observer = coordinator
            if case .coins = policy.selection {
                observer = min(coordinator, try released.epsilon(delta: filter.budget.delta))
            }
            return .init(
                epsilonCoordinator: coordinator, epsilonObserver: observer,
                delta: filter.budget.delta)
        }
    }

    /// What the devices have spent against the coordinator, each by its own participations.
    public var distribution: IndividualAccounts.Distribution {
        get throws { try individuals.distribution(next: dearest) }
    }
}
