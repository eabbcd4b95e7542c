internal import DifferentialPrivacy
internal import FederatedProtocol
import PrivacyLedger
internal import PrivateAggregation
internal import Recommender
internal import SecureAggregation
internal import Sodium

extension Training {
    /// One round, from its cohort to its metrics.
    ///
    /// - Returns: What the devices of this process learnt.
    func runRound(
        _ state: inout State, _ privateParameters: PrivateParameters,
        cohorts: inout CohortSource, ledger: inout PrivacyLedger?
    ) async throws -> Learnt {
        let round = state.round
        let query = state.algorithm.queries[round]
        let cohort = try nextCohort(round, from: &cohorts)
        guard cohort.devices.count >= 2 else { throw SimulationError.nobodyLeft }
        for attempt in cohort.time?.abandoned ?? [] where !attempt.charged.isEmpty {
            try charge(attempt, of: query, &state, &ledger)
        }
        let number = state.begun
        state.begun += 1
        state.time = cohort.time.map { Int64($0.ended * 1000) } ?? Int64(number) * 1000
        state.account.begin()
        try refuseIfTooDear(round: round, devices: cohort.devices, account: state.account)

        let startOfTraining = ProcessUsage.current.cpuSeconds
        let context = context(
            round: round, number: number, cohort: cohort, state: state, privateParameters,
            adversary: adversary)
        let parts = try await parts(of: context, query)
        let dearest = Self.dearest(of: parts)
        let part = parts[dearest]
        let commitment = try CohortCommitment(
            identities: parts.flatMap(\.identities), secret: context.cohortSecret)
        try ledger?.record(
            .plan(
                RoundPlan(
                    task: task.name, round: number, query: query.name,
                    session: part.context.session,
                    aggregation: fidelity, cohort: commitment.root,
                    modelBefore: state.modelHash, sum: part.plan, groups: parts.count)),
            time: state.time)
        var account = state.account
        let time = state.time
        let commit: Commitment = { survivors, perStep in
            let rho = try part.rho
            try account.charge(
                rho: rho,
                devices: parts.count == 1
                    ? survivors.map { cohort.devices[$0] } : parts.flatMap(\.survivors))
            try ledger?.record(
                .charge(
                    RoundCharge(
                        task: task.name, round: number, survivors: perStep, rho: rho,
                        spent: try account.spent)), time: time)
        }
        let outcome: RoundOutcomeOfParts
        do {
            outcome = try await sum(of: parts, query, dearest: dearest, committing: commit)
        } catch AggregationError.tooFewDevices(let step, let left, let needed) {
            try end(number, .abandoned(step: step, left: left, needed: needed), state, &ledger)
            throw SimulationError.tooManyLost(
                round: round, step: step, left: left, needed: needed)
        }
        state.account = account
        if let plan = parts.count == 1 ? part.plan : nil {
            try await look(
                at: outcome.total.sum, of: query, plan: plan, context: context, in: &state)
        }
        state.apply(
            outcome.total.sum, round: round,
            keeping: context.broadcasts.prefix(maximumStaleness))
        try end(
            number,
            .completed(
                contributors: outcome.dearest.contributors,
                noiseStandardDeviation: outcome.dearest.noiseStandardDeviation,
                modelAfter: state.modelHash), state, &ledger)
        state.updates += cohort.masking.count
        state.cpuSeconds += ProcessUsage.current.cpuSeconds - startOfTraining

        state.round += 1
        let isLast = round + 1 == plan.queries.count || state.algorithm.isFinished
        let isJudged = isLast || (round + 1) % evaluationInterval == 0
        let judgement =
            isJudged
            ? try await evaluator.judgement(
                of: state.algorithm.model, population: population,
                privateParameters.with(outcome.total.privateParameters)) : nil
        if processes.isFirst {
            state.metrics.append(
                RoundMetrics(
                    round: round, query: query.name, invited: cohort.devices.count,
                    survivors: cohort.perStep, clippingNorm: query.clippingNorm,
                    noiseStandardDeviation: outcome.total.sum.noiseStandardDeviation,
                    spent: try state.account.spent,
                    bytesPerDevice: try plan.traffic(of: part.plan, query: query),
                    sumDigest: outcome.total.digest, quality: judgement?.quality,
                    measured: query.name == "quality" ? state.algorithm.measuredQuality : nil,
                    exposure: judgement?.exposure, groups: outcome.check,
                    time: cohort.time.map(RoundTime.init)))
        }
        return outcome.total.privateParameters
    }

    /// Nobody is in two groups, so that a round costs what the dearest of them does; a group without
    /// enough survivors comes first.
    private static func dearest(of parts: [RoundPart<Algorithm>]) -> Int {
        guard parts.count > 1 else { return 0 }
        let costs = parts.map { (try? $0.rho) ?? .infinity }
        return costs.indices.max { costs[$0] < costs[$1] } ?? 0
    }

    /// What the sums of a round's parts come to.
    private struct RoundOutcomeOfParts {
        var total: RoundSum
        /// The sum of the part that the ledger speaks of.
        var dearest: NoisySum
        /// What was found of the groups, where there are any.
        var check: GroupCheck?
    }

    /// The sums that a round consists of.
    private func parts(
        of context: RoundContext<Algorithm>, _ query: SumQuery
    ) async throws -> [RoundPart<Algorithm>] {
        guard let defence else {
            return [try await RoundPart(context, plan, query, fidelity: fidelity)]
        }
        let groups = CohortGroups(
            size: context.cohort.devices.count, groups: defence.settings.groups, seed: seed,
            round: context.number)
        var parts: [RoundPart<Algorithm>] = []
        for (group, positions) in groups.positions.enumerated() {
            parts.append(
                try await RoundPart(
                    context.part(group, positions), plan, query, fidelity: fidelity))
        }
        return parts
    }

    private func sum(
        of parts: [RoundPart<Algorithm>], _ query: SumQuery, dearest: Int,
        committing commit: Commitment
    ) async throws -> RoundOutcomeOfParts {
        guard let defence else {
            let sum = try await parts[0].sum(query, plan, fidelity: fidelity, committing: commit)
            return RoundOutcomeOfParts(total: sum, dearest: sum.sum)
        }
        for part in parts { _ = try part.rho }
        let cohort = parts[dearest].context.cohort
        try commit(cohort.masking, Array(cohort.perStep.prefix(3)))
        var sums: [RoundSum] = []
        for part in parts {
            sums.append(
                try await part.sum(query, plan, fidelity: fidelity, committing: { _, _ in }))
        }
        let estimate = try defence.estimate(sums.map(\.sum))
        return RoundOutcomeOfParts(
            total: RoundSum(
                sum: estimate.sum, privateParameters: sums.flatMap(\.privateParameters),
                digest: Self.digest(of: sums.compactMap(\.digest))),
            dearest: sums[dearest].sum, check: estimate.check)
    }

    /// The digest of the digests of several sums; nil where they have none.
    private static func digest(of digests: [String]) -> String? {
        guard !digests.isEmpty else { return nil }
        var hash = BLAKE2b(context: "covey sums of groups")
        for digest in digests { hash.update(Array(digest.utf8)) }
        return hexadecimal(hash.finalize())
    }

    /// Charges an attempt at a round that came to nothing after its survivors were fixed.
    private func charge(
        _ attempt: AbandonedRound, of query: SumQuery, _ state: inout State,
        _ ledger: inout PrivacyLedger?
    ) throws {
        let number = state.begun
        guard number + 1 + plan.queries.count - state.round <= plan.rounds else {
            throw SimulationError.spareRoundsUsed(
                rounds: plan.rounds, spare: plan.spareRounds)
        }
        state.begun += 1
        state.time = Int64(attempt.ended * 1000)
        state.account.begin()
        let sum = try plan.sumPlan(round: state.round, query: query, invited: attempt.invited.count)
        let rho = try sum.achievedNoise(survivors: attempt.charged.count).rho
        let session = SimulatedNames.session(seed: seed, round: number)
        let commitment = try CohortCommitment(
            identities: attempt.invited.map { SimulatedNames.device(seed: seed, $0) },
            secret: SimulatedNames.cohortSecret(seed: seed, round: number))
        try ledger?.record(
            .plan(
                RoundPlan(
                    task: task.name, round: number, query: query.name, session: session,
                    aggregation: fidelity, cohort: commitment.root,
                    modelBefore: state.modelHash, sum: sum)), time: state.time)
        try state.account.charge(rho: rho, devices: attempt.charged)
        try ledger?.record(
            .charge(
                RoundCharge(
                    task: task.name, round: number,
                    survivors: [Int](repeating: attempt.charged.count, count: 3), rho: rho,
                    spent: try state.account.spent)), time: state.time)
        try end(
            number,
            .abandoned(step: attempt.step, left: attempt.left, needed: attempt.needed), state,
            &ledger)
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

    private func end(
        _ number: Int, _ result: RoundOutcome.Result, _ state: State,
        _ ledger: inout PrivacyLedger?
    ) throws {
        try ledger?.record(
            .outcome(RoundOutcome(task: task.name, round: number, result: result)),
            time: state.time)
        try ledger?.sign()
    }
}
