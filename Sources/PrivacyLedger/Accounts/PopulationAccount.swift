public import DifferentialPrivacy

/// What a population has spent over all tasks of a ledger, from the ledger alone: a bound for the
/// device that was unluckiest within the sampling claims, so that it can be recomputed without
/// knowing who took part.
///
/// Against the coordinator, a device is charged the dearest rounds that its task's claim lets it be
/// part of (``CohortPolicy/mostParticipations(in:population:)`` of the rounds begun), and sampling
/// is not credited.
/// Against observers of the models, rounds by coins are credited with amplification by sampling.
public struct PopulationAccount: Sendable {
    /// The delta at which epsilons are stated.
    public let delta: Double
    private let neighbouring: NeighbouringRelation
    private var tasks: [TaskAccount] = []
    private var places: [String: Int] = [:]
    /// The rounds of tasks by coins, amplified.
    private var sampled: RenyiAccountant

    /// Opens the account of a population.
    public init(delta: Double, neighbouring: NeighbouringRelation) {
        self.delta = delta
        self.neighbouring = neighbouring
        sampled = RenyiAccountant(neighbouring: neighbouring)
    }

    /// Adds a task, of which nothing is spent yet. A task of that name stays as it is.
    public mutating func open(task: String, population: Int, policy: CohortPolicy) {
        guard places[task] == nil else { return }
        places[task] = tasks.count
        tasks.append(TaskAccount(population: population, policy: policy))
    }

    /// Counts a round of an open task, whether it will be charged or not: turns go round with it.
    public mutating func begin(task: String) {
        guard let place = places[task] else { return }
        tasks[place].rounds += 1
    }

    /// Charges a round of `rho`, known at the orders of `noise`, that was begun.
    ///
    /// - Throws: ``DifferentialPrivacyError`` for a rho that is negative or not finite.
    public mutating func charge(task: String, rho: Double, noise: NoiseDistribution) throws {
        guard let place = places[task] else { return }
        let event = noise.event(rho: rho, neighbouring: neighbouring)
        var once = RenyiAccountant(neighbouring: neighbouring)
        try once.compose(event)
        if case .coins(let rate) = tasks[place].policy.selection {
            try sampled.compose(.poissonSampled(rate: rate, event))
        }
        tasks[place].charge(rho: rho, orders: noise.renyiOrders)
    }

    /// The guarantee over everything charged so far.
    public var spent: Spent { get throws { try composition.spent } }

    /// What the guarantee follows from.
    var composition: Composition {
        var composition = Composition(delta: delta, neighbouring: neighbouring, sampled: sampled)
        for task in tasks {
            if task.isByCoins {
                composition.byCoins.add(task.dearest)
            } else {
                composition.always.add(task.dearest)
            }
        }
        return composition
    }

    /// The sums of an account at one point: as much as an epsilon takes, and cheap to keep.
    struct Composition: Sendable {
        let delta: Double
        let neighbouring: NeighbouringRelation
        /// The rounds of tasks by coins, amplified.
        var sampled: RenyiAccountant
        /// Those of other tasks.
        fileprivate var always = Concentrated()
        /// The rounds of tasks by coins that one device can have been part of.
        fileprivate var byCoins = Concentrated()

        fileprivate init(
            delta: Double, neighbouring: NeighbouringRelation, sampled: RenyiAccountant
        ) {
            self.delta = delta
            self.neighbouring = neighbouring
            self.sampled = sampled
        }

        var spent: Spent {
            get throws {
                var coordinator = RenyiAccountant(neighbouring: neighbouring)
                try coordinator.compose(always, neighbouring)
                var observer = sampled
                try observer.compose(always, neighbouring)
                try coordinator.compose(byCoins, neighbouring)
                let epsilon = try coordinator.epsilon(delta: delta)
                return Spent(
                    epsilonCoordinator: epsilon,
                    epsilonObserver: byCoins.isZero
                        ? epsilon : min(epsilon, try observer.epsilon(delta: delta)),
                    delta: delta)
            }
        }
    }
}

/// A sum of zCDP parameters, by the orders at which they are known.
private struct Concentrated: Sendable {
    var real = 0.0
    var integer = 0.0

    var isZero: Bool { real == 0 && integer == 0 }

    mutating func add(_ other: Concentrated) {
        real = real.addingUp(other.real)
        integer = integer.addingUp(other.integer)
    }

    mutating func add(rho: Double, _ orders: RenyiOrders) {
        switch orders {
        case .real: real = real.addingUp(rho)
        case .integer: integer = integer.addingUp(rho)
        }
    }
}

extension RenyiAccountant {
    fileprivate mutating func compose(
        _ sum: Concentrated, _ relation: NeighbouringRelation
    ) throws {
        for (rho, orders) in [(sum.real, RenyiOrders.real), (sum.integer, .integer)] where rho > 0 {
            try compose(.concentrated(rho: rho, neighbouring: relation, orders: orders))
        }
    }
}

/// What one device may have spent in one task.
private struct TaskAccount: Sendable {
    let population: Int
    let policy: CohortPolicy
    /// The rounds that were begun.
    var rounds = 0
    /// The cost of the dearest rounds that one device may have been part of.
    private(set) var dearest = Concentrated()
    /// The costs of all rounds, the dearest first, with how many rounds cost that; only kept where a
    /// device is not part of all of them.
    private var costs: [(rho: Double, count: Int)] = []
    /// Whether a cost is known at integer orders only: then none counts for more, as which rounds
    /// are the dearest would depend on the order.
    private var isInteger = false

    init(population: Int, policy: CohortPolicy) {
        self.population = population
        self.policy = policy
    }

    var isByCoins: Bool { if case .coins = policy.selection { true } else { false } }

    mutating func charge(rho: Double, orders: RenyiOrders) {
        if case .everyone = policy.selection { return dearest.add(rho: rho, orders) }
        isInteger = isInteger || orders == .integer
        let place = costs.partitioningIndex { $0.rho <= rho }
        if place < costs.count, costs[place].rho == rho {
            costs[place].count += 1
        } else {
            costs.insert((rho, 1), at: place)
        }
        var left = policy.mostParticipations(in: rounds, population: population)
        dearest = Concentrated()
        for cost in costs {
            let count = min(left, cost.count)
            if count == 0 { break }
            dearest.add(
                rho: Double(count).multipliedUp(by: cost.rho), isInteger ? .integer : .real)
            left -= count
        }
    }
}

extension Array {
    /// The first index from which on `belongs` holds, for an array in which it does not hold before.
    fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
