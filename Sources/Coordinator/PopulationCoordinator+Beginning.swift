internal import DifferentialPrivacy
internal import FederatedProtocol
internal import Logging
internal import PrivacyLedger
internal import PrivateAggregation
internal import Recommender
internal import SecureAggregation
internal import Simulation
internal import Sodium

extension PopulationCoordinator {
    /// Announces a task in the ledger once all its devices are enrolled.
    func announceIfComplete(_ name: String) async throws {
        guard let index = place(of: name) else { return }
        if registry.count < tasks[index].stored.devices { try await readDevices() }
        guard let index = place(of: name), registry.count >= tasks[index].stored.devices else {
            return look(at: name, in: 200)
        }
        let announced = tasks[index].announced
        try await change(name, entries: [.task(announced)]) { stored in
            guard stored.state == .gathering else { return }
            stored.state = .active
        } applying: {
            account.open(
                task: announced.name, population: announced.population, policy: announced.policy)
            logger.info("task announced", metadata: ["task": "\(name)"])
        }
    }

    /// Changes what is stored of a task, together with entries of the ledger, unless the change turns
    /// out to be none.
    func change(
        _ name: String, entries: [LedgerEntry.Content] = [],
        _ body: (inout StoredTask) throws -> Void, applying apply: () -> Void = {}
    ) async throws {
        var changed: StoredTask?
        try await write {
            guard let index = place(of: name) else { return nil }
            var stored = tasks[index].stored
            try body(&stored)
            guard stored != tasks[index].stored else { return nil }
            changed = stored
            return Writing(entries: entries, changes: [.putTask(stored)])
        } applying: {
            guard let index = place(of: name), let changed else { return }
            tasks[index].stored = changed
            apply()
        }
    }

    /// Ends a task that cannot go on.
    private func fail(_ name: String, _ reason: String) async throws {
        try await change(name) { stored in
            guard stored.state == .active else { return }
            stored.state = .failed
            stored.reason = reason
        } applying: {
            logger.error("task failed", metadata: ["task": "\(name)", "reason": "\(reason)"])
        }
    }

    /// Begins the next round of a task, if enough devices are there.
    func beginRound(of name: String) async throws {
        guard let index = place(of: name) else { return }
        let task = tasks[index]
        let number = task.roundsBegun
        guard number < task.plan.rounds else {
            return try await fail(
                name,
                "\(task.plan.rounds) rounds were announced, and \(number - task.stored.queriesDone) "
                    + "of them came to nothing; create a task with more cohort.spareRounds")
        }
        if case .limited(let size, let most) = task.announced.policy.selection {
            let open = task.stored.devices - task.invitations.values.count { $0 >= most }
            guard open >= size else {
                return try await fail(
                    name,
                    "\(open) devices may take part once more, and a cohort takes \(size); create a task with "
                        + "more cohort.participations")
            }
        }
        guard let devices = cohort(of: task, at: clock.monotonic()) else {
            // Looking takes longer with more devices.
            return look(at: name, in: 50 + Int64(task.stored.devices / 1000))
        }
        let query = task.stored.queriesDone
        let sum: PrivateSumPlan
        do {
            sum = try task.plan.sumPlan(
                round: query, query: task.algorithm.queries[query], invited: devices.count)
            try refuseIfTooDear(task, rho: task.plan.rho[query], countingOthers: false)
        } catch { return try await fail(name, "\(error)") }
        let round = try makeRound(task, number: number, query: query, sum: sum, devices: devices)
        let broadcast = task.algorithm.broadcast(round: query)
        let hash = BLAKE2b.hash(broadcast)
        do {
            try await write {
                guard let index = place(of: name), tasks[index].stored.state == .active,
                    tasks[index].round == nil, !isDraining
                else { return nil }
                try refuseIfTooDear(
                    tasks[index], rho: task.plan.rho[query], countingOthers: true)
                return Writing(
                    entries: [.plan(round.plan)],
                    changes: [
                        .putRound(round.stored),
                        .invite(task: name, round: number, devices: devices),
                        .putSnapshot(hash: hash, bytes: broadcast),
                    ])
            } applying: {
                begin(round, broadcast: (hash, broadcast.count))
            }
        } catch let error as TrainingPlanError {
            // Rounds of other tasks are under way, of which something may be left.
            logger.info("a round waits", metadata: ["task": "\(name)", "reason": "\(error)"])
            look(at: name, in: 1000)
        }
    }

    /// Takes in a round that was written down.
    private func begin(_ round: PlannedRound, broadcast: (hash: [UInt8], byteCount: Int)) {
        let name = round.plan.task
        account.begin(task: name)
        guard let index = place(of: name), let planIndex = log.position(of: .plan(round.plan)),
            let taskIndex = log.position(of: .task(tasks[index].announced))
        else { return }
        tasks[index].account.begin(task: name)
        tasks[index].roundsBegun = round.plan.round + 1
        for device in round.devices { tasks[index].invitations[device, default: 0] += 1 }
        tasks[index].near.release(round.devices)
        var live = round.live
        live.begin(now: clock.monotonic())
        tasks[index].round = ActiveRound(
            stored: round.stored, plan: round.plan, devices: round.devices,
            commitment: round.commitment, roster: round.roster, parameters: round.parameters,
            planIndex: planIndex, taskIndex: taskIndex, broadcast: broadcast, live: live)
        sessions[round.plan.session] = name
        logger.info(
            "round begun",
            metadata: [
                "task": "\(name)", "round": "\(round.plan.round + 1)",
                "query": "\(round.plan.query)", "invited": "\(round.devices.count)",
            ])
    }

    /// The devices of a task's next round by their numbers; nil while it is better to wait for more.
    private func cohort(of task: RunningTask, at now: Int64) -> [Int]? {
        let (policy, population) = (task.announced.policy, task.stored.devices)
        let present =
            reserve(of: task) == nil
            ? Set(registry.present(since: now - presence, population: population))
            : task.near.present(since: now - presence)
        let hasWaited = now - task.nextRound >= Int64(configuration.gathering)
        let devices: [Int]
        switch policy.selection {
        case _ where configuration.isRehearsal:
            devices = SimulatedCohorts(
                population: population, policy: policy, seed: task.scenario.seed
            ).devices(of: task.roundsBegun)
        case .everyone: devices = Array(0..<population)
        case .coins(let rate):
            devices = SecretCohort.coins(
                rate: rate, round: task.roundsBegun, population: population,
                secret: task.stored.seed)
        case .rotation(let size), .limited(let size, _):
            var limit: Int?
            if case .limited(_, let participations) = policy.selection { limit = participations }
            let rotation = Rotation(
                size: size, population: population, limit: limit, present: present,
                invitationCounts: task.invitations)
            guard hasWaited || rotation.absentCount == 0 else { return nil }
            var random = SystemRandomness()
            devices = rotation.cohort(from: &random)
            guard devices.count == size else { return nil }
        }
        let there = devices.count { present.contains($0) }
        let needed =
            hasWaited ? policy.minimumSurvivors(of: devices.count) : devices.count
        return devices.count >= 2 && there >= needed ? devices : nil
    }

    /// For how long a device that checked in counts as there, in milliseconds.
    var presence: Int64 { 30_000 }

    /// Refuses a round that could raise an epsilon over its budget.
    ///
    /// - Parameter countingOthers: Whether rounds of other tasks under way count as if they were
    ///   charged.
    func refuseIfTooDear(
        _ task: RunningTask, rho: Double, countingOthers: Bool
    ) throws {
        guard let opening = log.opening else { throw CoordinatorError.noOpening }
        var all = account
        if countingOthers {
            for other in tasks where other.name != task.name && other.rhoUnderWay > 0 {
                try all.charge(
                    task: other.name, rho: other.rhoUnderWay, noise: other.plan.noise)
            }
        }
        for (account, target) in [
            (all, opening.target), (task.account, task.announced.target),
        ] {
            var after = account
            after.open(
                task: task.name, population: task.announced.population,
                policy: task.announced.policy)
            after.begin(task: task.name)
            try after.charge(task: task.name, rho: rho, noise: task.plan.noise)
            let epsilon = target.limitedEpsilon(of: try after.spent)
            // The calibration is exact to one part in 10^12.
            guard epsilon <= target.budget.epsilon * (1 + 1e-9) else {
                throw TrainingPlanError.budgetExhausted(
                    round: task.roundsBegun, epsilon: epsilon, budget: target.budget.epsilon)
            }
        }
    }

    /// What is fixed of a round before it is written down.
    private struct PlannedRound {
        var stored: StoredRound
        var plan: RoundPlan
        /// In the order of the roster.
        var devices: [Int]
        var commitment: CohortCommitment
        var roster: Roster
        var parameters: AggregationParameters
        /// Begins once the plan is in the ledger.
        var live: LiveRound
    }

    private func makeRound(
        _ task: RunningTask, number: Int, query: Int, sum: PrivateSumPlan, devices: [Int]
    ) throws -> PlannedRound {
        let identities = devices.map { registry.identities[$0] }
        let roster = try Roster(identities)
        var numbers: [[UInt8]: Int] = [:]
        for (device, identity) in zip(devices, identities) { numbers[identity] = device }
        let session: [UInt8]
        let secret: SecretBytes
        if configuration.isRehearsal {
            session = SimulatedNames.session(seed: task.scenario.seed, round: number)
            secret = SimulatedNames.cohortSecret(seed: task.scenario.seed, round: number)
        } else {
            var random = SystemRandomness()
            var name = [UInt8](repeating: 0, count: 32)
            random.fill(&name)
            session = name
            secret = SecretBytes(count: 32, from: &random)
        }
        let commitment = try CohortCommitment(identities: identities, secret: secret)
        let plan = RoundPlan(
            task: task.name, round: number, query: task.algorithm.queries[query].name,
            session: session, aggregation: .real, cohort: commitment.root,
            modelBefore: task.algorithm.modelHash, sum: sum)
        let parameters = try task.plan.aggregationParameters(
            of: sum, round: number, session: session, rosterRoot: roster.root)
        return PlannedRound(
            stored: StoredRound(
                task: task.name, round: number, query: query, queryName: plan.query,
                session: session, state: .open, invited: devices.count, began: clock.wall()),
            plan: plan, devices: roster.identities.compactMap { numbers[$0] },
            commitment: commitment, roster: roster,
            parameters: parameters,
            live: try LiveRound(
                plan: plan, parameters: parameters, roster: roster,
                schedule: configuration.schedule, replica: configuration.replica.name,
                now: clock.monotonic()))
    }
}
