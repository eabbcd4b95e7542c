public import DifferentialPrivacy
public import PrivacyLedger

/// What a training has spent so far: of every device by its own participations, which the
/// coordinator knows, and of the population as the ledger states it.
public struct PrivacyAccount: Sendable {
    private let task: String
    private let noise: NoiseDistribution
    private var individuals: IndividualAccounts
    private var population: PopulationAccount
    private var dearest = 0.0

    /// Opens the account of a population of devices.
    ///
    /// - Parameters:
    ///   - task: What the training does: its name in the ledger, its devices and its promise.
    ///   - noise: The family of the noise of all rounds.
    public init(task: LedgerTask, noise: NoiseDistribution) throws {
        self.task = task.name
        self.noise = noise
        let neighbouring = task.policy.neighbouring
        individuals = IndividualAccounts(
            users: task.population,
            filter: try PrivacyFilter(
                budget: task.target.budget, kind: .concentrated(noise.renyiOrders),
                neighbouring: neighbouring))
        population = PopulationAccount(
            delta: task.target.budget.delta, neighbouring: neighbouring)
        population.open(task: task.name, population: task.population, policy: task.policy)
    }

    /// Counts a round that has begun, whether it will be charged or not.
    public mutating func begin() { population.begin(task: task) }

    /// Charges a round of `rho`, which was begun, to the devices in the sum.
    public mutating func charge(rho: Double, devices: [Int]) throws {
        try population.charge(task: task, rho: rho, noise: noise)
        individuals.charge(devices, cost: rho)
        dearest = max(dearest, rho)
    }

    /// The guarantee over everything charged so far, for any device within the sampling claim.
    public var spent: Spent { get throws { try population.spent } }

    /// What the devices have spent against the coordinator, each by its own participations.
    public var distribution: IndividualAccounts.Distribution {
        get throws { try individuals.distribution(next: dearest) }
    }
}
