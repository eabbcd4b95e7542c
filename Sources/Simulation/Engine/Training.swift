internal import DifferentialPrivacy
import FederatedProtocol
internal import Foundation
import PrivacyLedger
internal import PrivateAggregation
import Recommender
internal import SecureAggregation
internal import Sodium

/// The rounds of one training: for each, a cohort, a private sum, a charge to the ledger, the
/// server's update and, where due, an evaluation.
struct Training<Algorithm: FederatedAlgorithm>: Sendable {
    let seed: UInt64
    let fidelity: AggregationFidelity
    let plan: TrainingPlan
    /// The training as the ledger announces it.
    let task: LedgerTask
    let faults: FaultModel
    let devices: [SimulatedDevice]
    let evaluator: Evaluator
    /// What an audit looks at; nil outside one.
    let canaries: Canaries?
    /// Rankings are judged after every so many rounds, and after the last.
    let evaluationInterval: Int
    let parallel: Parallel
    let interruption: Interruption
    let observer: SimulationObserver

    /// What a training has come to; a round works on a copy, so that an interrupted one leaves no
    /// trace.
    struct State: Sendable {
        var algorithm: Algorithm
        var privateParameters: PrivateParameters
        var account: PrivacyAccount
        var metrics: [RoundMetrics] = []
        /// What the sums told of the canaries.
        var canaryLog = CanaryLog(count: 0)
        /// The hash of the model as it is now.
        var modelHash: [UInt8]
        var updates = 0
        var cpuSeconds = 0.0

        /// The number of finished rounds.
        var round: Int { metrics.count }
    }

    /// How often, in seconds, the state is saved while rounds go on.
    private var checkpointInterval: Double { 10 }

    /// Runs the rounds that are left. Where it throws, `state` and the folder hold the last
    /// finished round.
    func run(_ state: inout State, ledger: inout PrivacyLedger, folder: RunFolder) async throws {
        var saved = Date()
        do {
            while state.round < plan.queries.count, !state.algorithm.isFinished {
                var next = state
                try await runRound(&next, ledger: &ledger)
                state = next
                if -saved.timeIntervalSinceNow > checkpointInterval {
                    try save(state, in: folder)
                    saved = Date()
                }
                if let metrics = state.metrics.last {
                    observer(.roundFinished(metrics, rounds: plan.queries.count))
                }
            }
        } catch {
            try save(state, in: folder)
            throw error
        }
        try save(state, in: folder)
    }

    private func runRound(_ state: inout State, ledger: inout PrivacyLedger) async throws {
        let round = state.round
        let query = state.algorithm.queries[round]
        let cohort = Cohort(
            round: round, population: plan.population, policy: plan.policy, faults: faults)
        guard cohort.devices.count >= 2 else { throw SimulationError.nobodyLeft }
        let sumPlan = try plan.sumPlan(
            round: round, query: query, invited: cohort.devices.count)
        var account = state.account
        account.begin()
        try refuseIfTooDear(round: round, devices: cohort.devices, account: account)

        let startOfTraining = ProcessUsage.current.cpuSeconds
        let context = context(round: round, cohort: cohort, state: state, query: query)
        // Key pairs would take most of a statistical round's time, which asks nobody to sign.
        let members =
            fidelity == .statistical
            ? nil
            : try await CohortRoster(devices: cohort.devices, seed: seed, parallel: parallel)
        let commitment = try CohortCommitment(
            identities: members?.roster.identities ?? context.unkeyedIdentities,
            secret: context.cohortSecret)
        try record(
            .plan(
                RoundPlan(
                    task: task.name, round: round, query: query.name, session: context.session,
                    aggregation: fidelity, cohort: commitment.root,
                    modelBefore: state.modelHash, sum: sumPlan)), round: round, in: &ledger)
        let commit: Commitment = { survivors, perStep in
            try charge(
                round: round, plan: sumPlan, survivors: survivors.map { cohort.devices[$0] },
                perStep: perStep, account: &account, ledger: &ledger)
        }
        let outcome: RoundSum
        do {
            outcome = try await sum(
                query, plan: sumPlan, members: members, context: context, committing: commit)
        } catch AggregationError.tooFewDevices(let step, let left, let needed) {
            try end(
                round, .abandoned(step: step, left: left, needed: needed), in: &ledger)
            throw SimulationError.tooManyLost(
                round: round, step: step, left: left, needed: needed)
        }
        state.account = account
        try await look(at: outcome.sum, of: query, plan: sumPlan, context: context, in: &state)
        state.apply(outcome, round: round)
        try end(
            round,
            .completed(
                contributors: outcome.sum.contributors,
                noiseStandardDeviation: outcome.sum.noiseStandardDeviation,
                modelAfter: state.modelHash), in: &ledger)
        state.updates += outcome.sum.contributors
        state.cpuSeconds += ProcessUsage.current.cpuSeconds - startOfTraining

        let isLast = round + 1 == plan.queries.count || state.algorithm.isFinished
        state.metrics.append(
            RoundMetrics(
                round: round, query: query.name, invited: cohort.devices.count,
                survivors: cohort.perStep, clippingNorm: query.clippingNorm,
                noiseStandardDeviation: outcome.sum.noiseStandardDeviation,
                spent: try state.account.spent,
                bytesPerDevice: try plan.traffic(of: sumPlan, query: query),
                sumDigest: outcome.digest,
                quality: isLast || (round + 1) % evaluationInterval == 0
                    ? try await evaluator.quality(
                        of: state.algorithm.model, devices: devices, state.privateParameters)
                    : nil,
                measured: query.name == "quality" ? state.algorithm.measuredQuality : nil))
    }

    /// The sum of a round, as faithfully as is asked for.
    private func sum(
        _ query: SumQuery, plan sum: PrivateSumPlan, members: CohortRoster?,
        context: RoundContext<Algorithm>, committing commit: Commitment
    ) async throws -> RoundSum {
        switch (fidelity, members) {
        case (.real, let members?):
            try await RealSummation(context: context, training: plan, plan: sum)
                .sum(of: members, committing: commit)
        case (.ideal, let members?):
            try await IdealSummation(context: context, plan: sum)
                .sum(of: members, committing: commit)
        default:
            try await StatisticalSummation(context: context, query: query, plan: sum)
                .sum(committing: commit)
        }
    }

    /// In an audit, compares a released sum with what everybody but the canaries contributed.
    private func look(
        at released: NoisySum, of query: SumQuery, plan sum: PrivateSumPlan,
        context: RoundContext<Algorithm>, in state: inout State
    ) async throws {
        guard let canaries, canaries.design != .users else { return }
        let positions = context.cohort.masking
        let numbers = positions.map { canaries.canary(of: context.cohort.devices[$0]) }
        let others = zip(positions, numbers).filter { $0.1 == nil }.map(\.0)
        let known = try await StatisticalSummation(context: context, query: query, plan: sum)
            .clippedSum(of: others).values
        state.canaryLog.add(
            released, known: known, canaries: canaries, present: numbers.compactMap { $0 },
            query: query, round: context.round)
    }

    /// The quality of the same algorithm over the same cohorts, with exact sums of unclipped
    /// contributions.
    func qualityWithoutPrivacy(
        _ algorithm: Algorithm, _ privateParameters: PrivateParameters
    ) async throws -> RankingQuality {
        var state = State(
            algorithm: algorithm, privateParameters: privateParameters,
            account: try PrivacyAccount(task: task, noise: plan.noise), modelHash: [])
        for round in plan.queries.indices where !state.algorithm.isFinished {
            let cohort = Cohort(
                round: round, population: plan.population, policy: plan.policy, faults: faults)
            let query = state.algorithm.queries[round]
            let outcome = try await StatisticalSummation(
                context: context(round: round, cohort: cohort, state: state, query: query),
                query: query, plan: nil
            ).sum()
            state.apply(outcome, round: round)
        }
        return try await evaluator.quality(
            of: state.algorithm.model, devices: devices, state.privateParameters)
    }

    private func context(
        round: Int, cohort: Cohort, state: State, query: SumQuery
    ) -> RoundContext<Algorithm> {
        RoundContext(
            round: round, seed: seed, algorithm: state.algorithm,
            broadcast: state.algorithm.broadcast(round: round), cohort: cohort,
            devices: devices, privateParameters: state.privateParameters, canaries: canaries,
            parallel: parallel,
            interruption: interruption,
            progress: { [observer, plan] step, done, total in
                observer(
                    .step(
                        round: round, rounds: plan.queries.count, query: query.name, step: step,
                        done: done, total: total))
            })
    }

    /// Refuses a round that could raise the limited epsilon over the budget.
    private func refuseIfTooDear(round: Int, devices: [Int], account: PrivacyAccount) throws {
        var after = account
        try after.charge(rho: plan.rho[round], devices: devices)
        let epsilon = plan.target.limitedEpsilon(of: try after.spent)
        let budget = plan.target.budget.epsilon
        // The calibration is exact to one part in 10^12.
        guard epsilon <= budget * (1 + 1e-9) else {
            throw TrainingPlanError.budgetExhausted(round: round, epsilon: epsilon, budget: budget)
        }
    }

    /// Charges a round with the noise of those that are left, and makes the entry durable.
    private func charge(
        round: Int, plan sum: PrivateSumPlan, survivors: [Int], perStep: [Int],
        account: inout PrivacyAccount, ledger: inout PrivacyLedger
    ) throws {
        guard survivors.count >= sum.minimumSurvivors else {
            throw AggregationError.tooFewDevices(
                step: "mask", left: survivors.count, needed: sum.minimumSurvivors)
        }
        let rho = try sum.achievedNoise(survivors: survivors.count).rho
        try account.charge(rho: rho, devices: survivors)
        try record(
            .charge(
                RoundCharge(
                    task: task.name, round: round, survivors: perStep, rho: rho,
                    spent: try account.spent)), round: round, in: &ledger)
    }

    private func end(
        _ round: Int, _ result: RoundOutcome.Result, in ledger: inout PrivacyLedger
    ) throws {
        try record(
            .outcome(RoundOutcome(task: task.name, round: round, result: result)), round: round,
            in: &ledger)
        try ledger.sign()
    }

    /// Writes an entry down. Time is simulated, a second a round, so that the same seed gives the
    /// same ledger.
    private func record(
        _ content: LedgerEntry.Content, round: Int, in ledger: inout PrivacyLedger
    ) throws {
        try ledger.record(content, time: Int64(round) * 1000)
    }

    private func save(_ state: State, in folder: RunFolder) throws {
        var checkpoint = state.algorithm.checkpoint
        checkpoint.attributes["round"] = "\(state.round)"
        checkpoint.tensors["private parameters"] = .init(
            shape: [devices.count, state.privateParameters.width],
            values: state.privateParameters.values)
        try folder.write(checkpoint: checkpoint)
        try folder.write(metrics: state.metrics)
    }

    /// The state of a run that was stopped, from its folder.
    func restore(_ initial: State, from folder: RunFolder, ledger: PrivacyLedger) throws -> State {
        guard let checkpoint = try folder.readCheckpoint() else { return initial }
        var state = initial
        let metrics = try folder.readMetrics()
        guard let round = checkpoint.attributes["round"].flatMap({ Int($0) }),
            (0...plan.queries.count).contains(round), metrics.count >= round
        else {
            throw SimulationError.notResumable(
                path: folder.path, reason: "checkpoint, metrics and ledger do not fit together")
        }
        state.metrics = Array(metrics.prefix(round))
        try state.algorithm.restore(from: checkpoint)
        state.privateParameters.restore(
            try checkpoint.values(
                "private parameters", shape: [devices.count, state.privateParameters.width]))
        state.modelHash = state.algorithm.model.ledgerHash
        let rounds = LedgerHistory(ledger.entries).tasks.first { $0.task.name == task.name }?
            .charged
        guard let rounds, rounds.count >= round else {
            throw SimulationError.notResumable(
                path: folder.path, reason: "the ledger lacks rounds that are finished")
        }
        for recorded in rounds.prefix(round) {
            let cohort = Cohort(
                round: recorded.plan.round, population: plan.population, policy: plan.policy,
                faults: faults)
            state.account.begin()
            try state.account.charge(
                rho: recorded.charge?.rho ?? 0, devices: cohort.masking.map { cohort.devices[$0] })
        }
        return state
    }
}

extension Training.State {
    /// Takes in the sum of a round: the server's update, and each device's own parameters.
    fileprivate mutating func apply(_ outcome: RoundSum, round: Int) {
        algorithm.update(round: round, with: outcome.sum)
        modelHash = algorithm.model.ledgerHash
        for (device, parameters) in outcome.privateParameters {
            privateParameters[device] = parameters
        }
    }
}
