public import DifferentialPrivacy
internal import Foundation
public import PrivacyLedger
public import PrivateAggregation
public import Recommender
public import SecureAggregation

/// Everything that is fixed before a training asks the first device: how much of the budget each
/// round may spend, and what the whole will have spent at the end.
public struct TrainingPlan: Sendable {
    /// The queries in order, each answered by one round.
    public let queries: [SumQuery]
    /// The rounds beside those that the budget also covers: each takes the place of one that came to
    /// nothing, even where that one had been charged.
    public let spareRounds: Int
    /// The zero-concentrated differential privacy that the round of each query may spend, in order.
    public let rho: [Double]
    /// The number of devices.
    public let population: Int
    /// How cohorts are chosen.
    public let policy: CohortPolicy
    /// The promise.
    public let target: PrivacyTarget
    /// The family of the noise of all rounds.
    public let noise: NoiseDistribution
    /// The guarantee at the end, if every round spends what it may.
    public let planned: Spent

    /// Divides the budget over the rounds by the queries' shares.
    ///
    /// - Throws: ``TrainingPlanError`` where cohort and population do not fit.
    public init(
        queries: [SumQuery], spareRounds: Int = 0, population: Int, policy: CohortPolicy,
        target: PrivacyTarget, noise: NoiseDistribution = .discreteGaussian
    ) throws {
        try Self.check(policy, population: population, rounds: queries.count + spareRounds)
        self.queries = queries
        self.spareRounds = spareRounds
        self.population = population
        self.policy = policy
        self.target = target
        self.noise = noise
        let dear = queries.map(\.budgetShare).max() ?? 0
        let shares = queries.map(\.budgetShare) + [Double](repeating: dear, count: spareRounds)
        let participations = policy.mostParticipations(in: shares.count, population: population)
        let dearest = shares.sorted(by: >).prefix(participations).reduce(0, +)
        let neighbouring = policy.neighbouring
        let multiplier = try target.budget.smallestNoiseMultiplier(neighbouring: neighbouring) {
            let unit = 1 / (2 * $0 * $0)
            guard target.against == .observer, case .coins(let rate) = policy.selection else {
                return [noise.event(rho: unit * dearest, neighbouring: neighbouring)]
            }
            return shares.map {
                .poissonSampled(
                    rate: rate, noise.event(rho: unit * $0, neighbouring: neighbouring))
            }
        }
        let unit = 1 / (2 * multiplier * multiplier)
        rho = queries.map { $0.budgetShare * unit }
        var account = PopulationAccount(
            delta: target.budget.delta, neighbouring: neighbouring)
        account.open(task: "", population: population, policy: policy)
        for share in shares {
            account.begin(task: "")
            try account.charge(task: "", rho: unit * share, noise: noise)
        }
        planned = try account.spent
    }

    /// The most rounds that may begin.
    public var rounds: Int { queries.count + spareRounds }

    /// The costs of all rounds that may begin.
    private var allRho: [Double] {
        rho + [Double](repeating: rho.max() ?? 0, count: spareRounds)
    }

    /// What a device may give away in the whole training, as ``planned`` accounts for it: against
    /// the coordinator the dearest rounds that it can be part of, against observers, where devices
    /// flip coins, all rounds with the chance to be in each.
    public func event(against adversary: PrivacyTarget.Adversary) -> PrivacyEvent {
        if adversary == .observer, case .coins(let rate) = policy.selection {
            return .composed(
                allRho.map { .poissonSampled(rate: rate, release(rho: $0)) })
        }
        let participations = policy.mostParticipations(in: rounds, population: population)
        return .composed(allRho.sorted(by: >).prefix(participations).map(release))
    }

    private func release(rho: Double) -> PrivacyEvent {
        noise.event(rho: rho, neighbouring: policy.neighbouring)
    }

    /// The plan of the round that answers query number `round` with `invited` devices, under the
    /// query as it is now (clipping norms may have changed since the training was planned).
    public func sumPlan(round: Int, query: SumQuery, invited: Int) throws -> PrivateSumPlan {
        try PrivateSumPlan(
            dimension: query.dimension, clippingNorm: query.clippingNorm, rho: rho[round],
            cohortSize: invited, minimumSurvivors: policy.minimumSurvivors(of: invited),
            colluding: policy.colluding(of: invited), noise: noise)
    }

    /// The parameters of the masked sum of round `round`.
    ///
    /// - Parameters:
    ///   - plan: What ``sumPlan(round:query:invited:)`` returned for it.
    ///   - round: The number of the round, from 0.
    ///   - session: A fresh 32-byte name.
    ///   - rosterRoot: The root of the cohort's roster.
    public func aggregationParameters(
        of plan: PrivateSumPlan, round: Int, session: [UInt8], rosterRoot: [UInt8]
    ) throws -> AggregationParameters {
        try plan.aggregationParameters(
            session: session, round: UInt64(round), rosterRoot: rosterRoot,
            graph: try graph(of: plan),
            committee: try CommitteeSecurity.choose(
                cohortSize: plan.cohortSize, corruptShare: policy.colludingShare,
                dropoutShare: policy.toleratedDropout))
    }

    /// Degree and threshold of a round's neighbour graph.
    public func graph(of plan: PrivateSumPlan) throws -> GraphSecurity {
        try GraphSecurity.choose(
            cohortSize: plan.cohortSize, corruptShare: policy.colludingShare,
            dropoutShare: policy.toleratedDropout)
    }

    /// What a device with this training's policy insists on in round `round`.
    public func terms(of plan: PrivateSumPlan, round: Int) -> AggregationTerms {
        AggregationTerms(
            minimumSurvivors: plan.minimumSurvivors, corruptShare: policy.colludingShare,
            purpose: plan.digest, latestRound: round > 0 ? UInt64(round - 1) : nil)
    }

    /// What a device sends and receives in a round.
    public func traffic(of plan: PrivateSumPlan, query: SumQuery) throws -> RoundTraffic {
        let unnamed = [UInt8](repeating: 0, count: AggregationParameters.digestLength)
        return RoundTraffic(
            broadcastByteCount: query.broadcastByteCount,
            parameters: try aggregationParameters(
                of: plan, round: 0, session: unnamed, rosterRoot: unnamed))
    }

    private static func check(
        _ policy: CohortPolicy, population: Int, rounds: Int
    ) throws {
        guard population >= 2 else { throw TrainingPlanError.tooFewDevices(population) }
        switch policy.selection {
        case .everyone: break
        case .rotation(let size), .limited(let size, _):
            guard size <= population else {
                throw TrainingPlanError.cohortTooLarge(size: size, population: population)
            }
            guard size >= 2 else { throw TrainingPlanError.tooFewDevices(size) }
            guard case .limited(_, let participations) = policy.selection,
                participations < rounds
            else { return }
            let needed = (rounds * size + population - 1) / population
            guard participations >= needed else {
                throw TrainingPlanError.tooFewParticipations(participations, needed: needed)
            }
        case .coins(let rate):
            guard policy.fewestInvited(of: population) >= 2 else {
                throw TrainingPlanError.rateTooLow(rate: rate, population: population)
            }
        }
    }
}

/// Why a training cannot be planned, or cannot go on.
public enum TrainingPlanError: Error, Equatable, CustomStringConvertible {
    /// More devices are to be invited than there are.
    case cohortTooLarge(size: Int, population: Int)
    /// Nothing can hide in a sum of fewer than two.
    case tooFewDevices(Int)
    /// All devices together may take part less often than the rounds need.
    case tooFewParticipations(Int, needed: Int)
    /// Coins at this rate may leave a round without a cohort.
    case rateTooLow(rate: Double, population: Int)
    /// The next round would spend more than the budget.
    case budgetExhausted(round: Int, epsilon: Double, budget: Double)

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .cohortTooLarge(let size, let population):
            "a cohort of \(size) devices is larger than the population of \(population); "
                + "lower cohort.size"
        case .tooFewDevices(let count):
            "a private sum needs at least 2 devices, and there are \(count)"
        case .tooFewParticipations(let most, let needed):
            "devices that take part in at most \(most) rounds are not enough for all of them; raise "
                + "cohort.participations to \(needed) at least, and to more for devices that are seldom there"
        case .rateTooLow(let rate, let population):
            "at a rate of \(rate), a round of \(population) devices may find nobody; "
                + "raise cohort.rate"
        case .budgetExhausted(let round, let epsilon, let budget):
            "round \(round + 1) is refused: it would raise epsilon to \(epsilon), "
                + "over the budget of \(budget)"
        }
    }
}
