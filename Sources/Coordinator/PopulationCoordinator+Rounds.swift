internal import DifferentialPrivacy
internal import FederatedProtocol
internal import Foundation
internal import Logging
internal import PrivacyLedger
internal import PrivateAggregation
internal import Recommender
internal import SecureAggregation
internal import Simulation
internal import Sodium

extension PopulationCoordinator {
    /// Takes every task as far as it can go now.
    func moveTasks() async {
        for name in tasks.map(\.name) {
            guard let index = place(of: name) else { continue }
            do {
                if tasks[index].round != nil {
                    await move(name)
                } else if tasks[index].stored.state == .gathering {
                    try await announceIfComplete(name)
                } else if tasks[index].stored.state == .active, !isDraining {
                    try await beginRound(of: name)
                }
            } catch {
                logger.error("a task waits", metadata: ["task": "\(name)", "reason": "\(error)"])
                if let index = place(of: name) { tasks[index].nextRound = clock.monotonic() + 2000 }
            }
        }
    }

    func place(of task: String) -> Int? { tasks.firstIndex { $0.name == task } }

    // MARK: Beginning

    /// Announces a task in the ledger once all its devices are enrolled.
    private func announceIfComplete(_ name: String) async throws {
        guard let index = place(of: name) else { return }
        if registry.count < tasks[index].stored.devices { try await readDevices() }
        guard registry.count >= tasks[index].stored.devices else { return }
        var stored = tasks[index].stored
        stored.state = .active
        let announced = tasks[index].announced
        try await write([.task(announced)], changing: { [.putTask(stored)] })
        account.open(
            task: announced.name, population: announced.population, policy: announced.policy)
        if let index = place(of: name) { tasks[index].stored = stored }
        logger.info("task announced", metadata: ["task": "\(name)"])
    }

    /// Ends a task that cannot go on.
    private func fail(_ name: String, _ reason: String) async throws {
        guard let index = place(of: name) else { return }
        var stored = tasks[index].stored
        stored.state = .failed
        stored.reason = reason
        try await write([], changing: { [.putTask(stored)] })
        if let index = place(of: name) { tasks[index].stored = stored }
        logger.error("task failed", metadata: ["task": "\(name)", "reason": "\(reason)"])
    }

    /// Begins the next round of a task, if enough devices are there.
    private func beginRound(of name: String) async throws {
        guard let index = place(of: name) else { return }
        let task = tasks[index]
        let now = clock.monotonic()
        guard now >= task.nextRound else { return }
        let number = task.roundsBegun
        guard number < task.plan.rounds else {
            return try await fail(
                name,
                "\(task.plan.rounds) rounds were announced, and \(number - task.stored.queriesDone) "
                    + "of them came to nothing; create a task with more cohort.spareRounds")
        }
        guard let devices = cohort(of: task, at: now) else { return }
        let query = task.stored.queriesDone
        let sum: PrivateSumPlan
        do {
            sum = try task.plan.sumPlan(
                round: query, query: task.algorithm.queries[query], invited: devices.count)
            try refuseIfTooDear(task, rho: task.plan.rho[query])
        } catch { return try await fail(name, "\(error)") }

        let round = try makeRound(task, number: number, query: query, sum: sum, devices: devices)
        let broadcast = task.algorithm.broadcast(round: query)
        let hash = BLAKE2b.hash(broadcast)
        try await write(
            [.plan(round.plan)],
            changing: {
                [
                    .putRound(round.stored), .invite(task: name, round: number, devices: devices),
                    .putSnapshot(hash: hash, bytes: broadcast),
                ]
            })
        account.begin(task: name)
        guard let index = place(of: name), let planIndex = log.position(of: .plan(round.plan)),
            let taskIndex = log.position(of: .task(task.announced))
        else { return }
        tasks[index].account.begin(task: name)
        tasks[index].roundsBegun = number + 1
        for device in devices { tasks[index].invitations[device, default: 0] += 1 }
        tasks[index].round = ActiveRound(
            stored: round.stored, plan: round.plan, devices: round.devices,
            commitment: round.commitment, roster: round.roster, parameters: round.parameters,
            planIndex: planIndex, taskIndex: taskIndex,
            broadcast: (hash, broadcast.count),
            live: try LiveRound(
                plan: round.plan, parameters: round.parameters, roster: round.roster,
                schedule: configuration.schedule, replica: configuration.replica.name,
                now: clock.monotonic()))
        sessions[round.plan.session] = name
        logger.info(
            "round begun",
            metadata: [
                "task": "\(name)", "round": "\(number + 1)", "query": "\(round.plan.query)",
                "invited": "\(devices.count)",
            ])
    }

    /// The devices of a task's next round by their numbers; nil while it is better to wait for more.
    private func cohort(of task: RunningTask, at now: Int64) -> [Int]? {
        let (policy, population) = (task.announced.policy, task.stored.devices)
        let present = Set(registry.present(since: now - presence, population: population))
        let hasWaited = now - task.nextRound >= Int64(configuration.gathering)
        let devices: [Int]
        switch policy.selection {
        case _ where configuration.isRehearsal:
            devices = CohortSelection.simulated(
                round: task.roundsBegun, population: population, policy: policy,
                seed: task.scenario.seed)
        case .everyone: devices = Array(0..<population)
        case .coins(let rate):
            devices = CohortSelection.coins(
                rate: rate, round: task.roundsBegun, population: population,
                secret: task.stored.seed)
        case .rotation(let size):
            let rotation = Rotation(
                size: size, population: population, present: present,
                invitationCounts: task.invitations)
            guard hasWaited || rotation.absentCount == 0 else { return nil }
            var random = SystemRandomness()
            devices = rotation.cohort(from: &random)
        }
        let there = devices.count { present.contains($0) }
        let needed =
            hasWaited ? policy.minimumSurvivors(of: devices.count) : devices.count
        return devices.count >= 2 && there >= needed ? devices : nil
    }

    /// For how long a device that checked in counts as there, in milliseconds.
    var presence: Int64 { 30_000 }

    /// Refuses a round that could raise an epsilon over its budget.
    private func refuseIfTooDear(_ task: RunningTask, rho: Double) throws {
        guard let opening = log.opening else { throw CoordinatorError.noOpening }
        for (account, target) in [
            (account, opening.target), (task.account, task.announced.target),
        ] {
            var after = account
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
        return PlannedRound(
            stored: StoredRound(
                task: task.name, round: number, query: query, queryName: plan.query,
                session: session, state: .open, invited: devices.count, began: clock.wall()),
            plan: plan, devices: roster.identities.compactMap { numbers[$0] },
            commitment: commitment, roster: roster,
            parameters: try task.plan.aggregationParameters(
                of: sum, round: number, session: session, rosterRoot: roster.root))
    }

    // MARK: Going on

    /// Takes a round under way as far as it can go now.
    func move(_ name: String) async {
        guard let index = place(of: name), var round = tasks[index].round, !round.isBusy else {
            return
        }
        tasks[index].round = nil  // So that there is one copy of the sum.
        let event = round.live.advance(now: clock.monotonic())
        round.isBusy = event != nil
        tasks[index].round = round
        switch event {
        case nil: break
        case .closeCollection: await mergeCollected(name)
        case .charge(let survivors, let perStep): await charge(name, survivors, perStep)
        case .reveal(let coordinator): reveal(name, coordinator)
        case .failed(let step, let left, let needed):
            await abandon(task: name, step: step, left: left, needed: needed)
        }
    }

    /// Adds what other replicas have collected.
    private func mergeCollected(_ name: String) async {
        guard let round = tasks[place(of: name) ?? 0].round else { return }
        let session = round.plan.session
        let partials = round.live.isShared ? await handedIn(session: session) : []
        guard let index = place(of: name), tasks[index].round?.plan.session == session else {
            return
        }
        for partial in partials {
            do { try tasks[index].round?.live.merge(partial) } catch {
                logger.error(
                    "a partial sum is left out",
                    metadata: ["replica": "\(partial.replica)", "reason": "\(error)"])
            }
        }
        tasks[index].round?.live.endCollection()
        tasks[index].round?.isBusy = false
        if round.live.isShared { try? await store.forgetCollection(session: session) }
    }

    /// Charges a round, durably, and lets the devices be asked for what reveals the sum.
    private func charge(_ name: String, _ survivors: [Int], _ perStep: [Int]) async {
        guard let index = place(of: name), let round = tasks[index].round else { return }
        do {
            let rho = try round.plan.sum.achievedNoise(survivors: survivors.count).rho
            let noise = round.plan.sum.noise
            var (all, own) = (account, tasks[index].account)
            try all.charge(task: name, rho: rho, noise: noise)
            try own.charge(task: name, rho: rho, noise: noise)
            let spent = try all.spent
            var stored = round.live.describe(round.stored)
            stored.state = .charged
            stored.epsilonCoordinator = spent.epsilonCoordinator
            stored.epsilonObserver = spent.epsilonObserver
            try await write(
                [
                    .charge(
                        RoundCharge(
                            task: name, round: stored.round, survivors: perStep, rho: rho,
                            spent: spent))
                ], changing: { [.putRound(stored)] })
            // Another task may have been charged in between.
            try account.charge(task: name, rho: rho, noise: noise)
            guard let index = place(of: name) else { return }
            tasks[index].account = own
            tasks[index].round?.stored = stored
            tasks[index].round?.live.chargeIsDurable(now: clock.monotonic())
            tasks[index].round?.isBusy = false
        } catch {
            logger.error(
                "a round is not charged", metadata: ["task": "\(name)", "reason": "\(error)"])
            await abandon(
                task: name, step: "charge", left: survivors.count,
                needed: round.plan.sum.minimumSurvivors)
        }
    }

    /// Unmasks and takes in a sum, away from everything that waits for this coordinator.
    private func reveal(_ name: String, _ coordinator: AggregationCoordinator) {
        guard let index = place(of: name), let round = tasks[index].round else { return }
        let (task, key) = (tasks[index], key)
        let (plan, query) = (round.plan, round.stored.query)
        Task.detached { [weak self] in
            let revealed = Result {
                var (coordinator, algorithm) = (coordinator, task.algorithm)
                let unmasked = try coordinator.reveal()
                let decoder = PrivateSumDecoder(plan: plan.sum, session: plan.session)
                let survivors = unmasked.survivors
                let estimate = try decoder.decode(
                    try decoder.removeExcessNoise(from: unmasked), survivors: survivors.count)
                algorithm.update(
                    round: query,
                    with: NoisySum(
                        values: estimate.values,
                        noiseStandardDeviation: estimate.standardDeviation,
                        contributors: survivors.count))
                let hash = algorithm.modelHash
                return Revealed(
                    algorithm: algorithm, contributors: survivors.devices.map { round.devices[$0] },
                    answered: coordinator.survivorsPerStep,
                    noiseStandardDeviation: estimate.standardDeviation, modelHash: hash,
                    checkpoint: algorithm.checkpoint,
                    model: try algorithm.published(
                        name: task.name, release: query + 1, hash: hash, key: key))
            }
            await self?.finish(name, session: plan.session, revealed)
        }
    }

    /// What a revealed sum has led to.
    private struct Revealed: Sendable {
        var algorithm: TaskAlgorithm
        /// By their numbers in the population.
        var contributors: [Int]
        var answered: [Int]
        var noiseStandardDeviation: Double
        var modelHash: [UInt8]
        var checkpoint: [UInt8]
        var model: [UInt8]
    }

    private func finish(
        _ name: String, session: [UInt8], _ result: Result<Revealed, any Error>
    ) async {
        guard let index = place(of: name), let round = tasks[index].round,
            round.plan.session == session
        else { return }
        let revealed: Revealed
        do { revealed = try result.get() } catch {
            logger.error(
                "a sum is not revealed", metadata: ["task": "\(name)", "reason": "\(error)"])
            return await abandon(
                task: name, step: "unmask", left: round.live.survivorsPerStep.last ?? 0,
                needed: round.parameters.graph.threshold)
        }
        var stored = round.live.describe(round.stored)
        stored.state = .completed
        stored.survivors = revealed.answered
        stored.noiseStandardDeviation = revealed.noiseStandardDeviation
        stored.ended = clock.wall()
        let before = tasks[index].stored
        let former = [before.checkpoint, before.model, round.broadcast.hash].filter { !$0.isEmpty }
        let (checkpoint, model) = (BLAKE2b.hash(revealed.checkpoint), BLAKE2b.hash(revealed.model))
        do {
            try await write(
                [
                    .outcome(
                        RoundOutcome(
                            task: name, round: stored.round,
                            result: .completed(
                                contributors: revealed.contributors.count,
                                noiseStandardDeviation: revealed.noiseStandardDeviation,
                                modelAfter: revealed.modelHash)))
                ],
                changing: {
                    // An operator may pause the task while the round ends.
                    if let index = place(of: name) {
                        tasks[index].answer(checkpoint: checkpoint, model: model)
                    }
                    return [
                        .putSnapshot(hash: checkpoint, bytes: revealed.checkpoint),
                        .putSnapshot(hash: model, bytes: revealed.model),
                        .putTask(place(of: name).map { tasks[$0].stored } ?? before),
                        .putRound(stored),
                        .contribute(
                            task: name, round: stored.round, devices: revealed.contributors),
                    ] + former.map { .removeSnapshot(hash: $0) }
                })
        } catch {
            // Where there is no room, the sum is kept and tried again.
            logger.error("a round is not stored", metadata: ["reason": "\(error)"])
            guard case StoreError.full = error else { return }
            try? await Task.sleep(for: .seconds(2))
            return await finish(name, session: session, result)
        }
        guard let index = place(of: name) else { return }
        tasks[index].algorithm = revealed.algorithm
        tasks[index].failures = 0
        endRound(name, stored, completed: true)
        logger.info(
            "round completed",
            metadata: [
                "task": "\(name)", "round": "\(stored.round + 1)",
                "contributors": "\(revealed.contributors.count)",
                "milliseconds": "\(stored.stepEnds.last ?? 0)",
            ])
    }

    /// Ends a round of which nothing came.
    func abandon(task name: String, step: String, left: Int, needed: Int) async {
        guard let index = place(of: name), let round = tasks[index].round else { return }
        var stored = round.live.describe(round.stored)
        stored.state = .abandoned
        stored.reason = "too few devices after \(step): \(left), and \(needed) are needed"
        if needed == 0 { stored.reason = "ended by the operator (\(step))" }
        stored.ended = clock.wall()
        do {
            try await write(
                [
                    .outcome(
                        RoundOutcome(
                            task: name, round: stored.round,
                            result: .abandoned(step: step, left: left, needed: needed)))
                ],
                changing: {
                    [.putRound(stored), .removeSnapshot(hash: round.broadcast.hash)]
                })
        } catch {
            logger.error("an outcome is not stored", metadata: ["reason": "\(error)"])
            guard case StoreError.full = error else { return }
            try? await Task.sleep(for: .seconds(2))
            return await abandon(task: name, step: step, left: left, needed: needed)
        }
        guard let index = place(of: name) else { return }
        tasks[index].failures += 1
        endRound(name, stored, completed: false)
        logger.warning(
            "round abandoned",
            metadata: [
                "task": "\(name)", "round": "\(stored.round + 1)", "reason": "\(stored.reason)",
            ])
    }

    private func endRound(_ name: String, _ stored: StoredRound, completed: Bool) {
        guard let index = place(of: name) else { return }
        endings.note(stored.session, completed: completed, stored.reason)
        sessions[stored.session] = nil
        tasks[index].round = nil
        tasks[index].remember(stored)
        // After failures it waits longer and longer, up to a minute.
        let pause = tasks[index].failures == 0 ? 0 : 500 << min(tasks[index].failures, 7)
        tasks[index].nextRound = clock.monotonic() + Int64(pause)
    }
}
