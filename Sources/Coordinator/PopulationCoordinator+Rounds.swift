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
                    await lookElsewhere(name)
                    move(name)
                } else if clock.monotonic() < max(tasks[index].nextRound, tasks[index].nextLook) {
                    continue
                } else if tasks[index].stored.state == .gathering {
                    try await announceIfComplete(name)
                } else if tasks[index].stored.state == .active, !isDraining {
                    try await beginRound(of: name)
                }
            } catch {
                logger.error("a task waits", metadata: ["task": "\(name)", "reason": "\(error)"])
                look(at: name, in: 2000)
            }
        }
    }

    func place(of task: String) -> Int? { tasks.firstIndex { $0.name == task } }

    /// Looks at a task again after so many milliseconds.
    private func look(at name: String, in milliseconds: Int64) {
        guard let index = place(of: name) else { return }
        tasks[index].nextLook = clock.monotonic() + milliseconds
    }

    // MARK: Beginning

    /// Announces a task in the ledger once all its devices are enrolled.
    private func announceIfComplete(_ name: String) async throws {
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
    private func beginRound(of name: String) async throws {
        guard let index = place(of: name) else { return }
        let task = tasks[index]
        let number = task.roundsBegun
        guard number < task.plan.rounds else {
            return try await fail(
                name,
                "\(task.plan.rounds) rounds were announced, and \(number - task.stored.queriesDone) "
                    + "of them came to nothing; create a task with more cohort.spareRounds")
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
    ///
    /// - Parameter countingOthers: Whether rounds of other tasks under way count as if they were
    ///   charged.
    private func refuseIfTooDear(
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

    // MARK: Going on

    /// Asks how many masked inputs other replicas have collected for a round, now and then.
    private func lookElsewhere(_ name: String) async {
        let now = clock.monotonic()
        guard let index = place(of: name), let round = tasks[index].round, !round.isBusy,
            round.live.step == .masking, round.live.isShared, now >= round.nextCount
        else { return }
        tasks[index].round?.nextCount = now + 200
        let session = round.plan.session
        guard let collected = try? await store.collected(session: session),
            let index = place(of: name), tasks[index].round?.plan.session == session
        else { return }
        tasks[index].round?.live.remoteCollected = collected.reduce(0) {
            $1.key == configuration.replica.name ? $0 : $0 + $1.value
        }
    }

    /// Takes a round under way as far as it can go now.
    ///
    /// What takes time goes on by itself: a device whose call led to it may go away.
    func move(_ name: String) {
        guard let index = place(of: name), var round = tasks[index].round else { return }
        let now = clock.monotonic()
        if let again = round.nextEnding, now >= again { return end(name) }
        guard !round.isBusy else { return }
        tasks[index].round = nil  // So that there is one copy of the sum.
        let event = round.live.advance(now: now)
        round.isBusy = event != nil
        tasks[index].round = round
        switch event {
        case nil: break
        case .closeCollection: Task { await mergeCollected(name, session: round.plan.session) }
        case .charge(let survivors, let perStep):
            Task { await charge(name, session: round.plan.session, survivors, perStep) }
        case .reveal(let coordinator): reveal(name, coordinator)
        case .failed(let step, let left, let needed):
            end(name, .abandoned(step: step, left: left, needed: needed))
        }
    }

    /// The round of a task, while it is that of a session.
    private func place(of name: String, session: [UInt8]) -> Int? {
        place(of: name).flatMap { tasks[$0].round?.plan.session == session ? $0 : nil }
    }

    /// Adds what other replicas have collected.
    private func mergeCollected(_ name: String, session: [UInt8]) async {
        guard let index = place(of: name, session: session) else { return }
        let isShared = tasks[index].round?.live.isShared ?? false
        let partials = isShared ? await handedIn(session: session) : []
        guard let index = place(of: name, session: session) else { return }
        for partial in partials {
            do { try tasks[index].round?.live.merge(partial) } catch {
                logger.error(
                    "a partial sum is left out",
                    metadata: ["replica": "\(partial.replica)", "reason": "\(error)"])
            }
        }
        tasks[index].round?.live.endCollection()
        tasks[index].round?.isBusy = false
        move(name)
        if isShared { try? await store.forgetCollection(session: session) }
    }

    /// Charges a round, durably, and lets the devices be asked for what reveals the sum.
    private func charge(
        _ name: String, session: [UInt8], _ survivors: [Int], _ perStep: [Int]
    ) async {
        guard let index = place(of: name, session: session), let round = tasks[index].round else {
            return
        }
        do {
            let rho = try round.plan.sum.achievedNoise(survivors: survivors.count).rho
            let noise = round.plan.sum.noise
            var charged: (all: PopulationAccount, own: PopulationAccount, round: StoredRound)?
            try await write {
                guard let index = place(of: name, session: session) else { return nil }
                var (all, own) = (account, tasks[index].account)
                try all.charge(task: name, rho: rho, noise: noise)
                try own.charge(task: name, rho: rho, noise: noise)
                let spent = try all.spent
                var stored = round.live.describe(round.stored)
                stored.state = .charged
                stored.epsilonCoordinator = spent.epsilonCoordinator
                stored.epsilonObserver = spent.epsilonObserver
                charged = (all, own, stored)
                return Writing(
                    entries: [
                        .charge(
                            RoundCharge(
                                task: name, round: stored.round, survivors: perStep, rho: rho,
                                spent: spent))
                    ], changes: [.putRound(stored)])
            } applying: {
                guard let charged else { return }
                account = charged.all
                guard let index = place(of: name, session: session) else { return }
                tasks[index].account = charged.own
                tasks[index].round?.stored = charged.round
                tasks[index].round?.live.chargeIsDurable(now: clock.monotonic())
                tasks[index].round?.isBusy = false
            }
        } catch {
            logger.error(
                "a round is not charged", metadata: ["task": "\(name)", "reason": "\(error)"])
            guard place(of: name, session: session) != nil else { return }
            end(
                name,
                .abandoned(
                    step: "charge", left: survivors.count,
                    needed: round.plan.sum.minimumSurvivors))
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
                return RevealedSum(
                    algorithm: algorithm, contributors: survivors.devices.map { round.devices[$0] },
                    answered: coordinator.survivorsPerStep,
                    noiseStandardDeviation: estimate.standardDeviation, modelHash: hash,
                    checkpoint: algorithm.checkpoint,
                    model: try algorithm.published(
                        name: task.name, release: query + 1, hash: hash, key: key))
            }
            await self?.take(revealed, of: name, session: plan.session)
        }
    }

    private func take(
        _ revealed: Result<RevealedSum, any Error>, of name: String, session: [UInt8]
    ) {
        guard let index = place(of: name, session: session), let round = tasks[index].round else {
            return
        }
        switch revealed {
        case .success(let sum): end(name, .completed(sum))
        case .failure(let error):
            logger.error(
                "a sum is not revealed", metadata: ["task": "\(name)", "reason": "\(error)"])
            end(
                name,
                .abandoned(
                    step: "unmask", left: round.live.survivorsPerStep.last ?? 0,
                    needed: round.parameters.graph.threshold))
        }
    }

    // MARK: Ending

    /// Ends the round of a task; where there is no room to say so in the store, later.
    func end(_ name: String, _ ending: ActiveRound.Ending? = nil) {
        guard let index = place(of: name), let round = tasks[index].round else { return }
        if let ending {
            guard round.ending == nil else { return }
            tasks[index].round?.ending = ending
            if case .abandoned = ending { tasks[index].round?.live.abandon(ending.reason) }
        }
        tasks[index].round?.isBusy = true
        tasks[index].round?.nextEnding = nil
        Task { await storeEnding(of: name, session: round.plan.session) }
    }

    private func storeEnding(of name: String, session: [UInt8]) async {
        guard let index = place(of: name, session: session), let round = tasks[index].round,
            let ending = round.ending
        else { return }
        var stored = round.live.describe(round.stored)
        stored.ended = clock.wall()
        var answered: StoredTask?
        do {
            try await write {
                guard let index = place(of: name, session: session) else { return nil }
                switch ending {
                case .abandoned(let step, let left, let needed):
                    stored.state = .abandoned
                    stored.reason = ending.reason
                    let result = RoundOutcome.Result.abandoned(
                        step: step, left: left, needed: needed)
                    return Writing(
                        entries: [
                            .outcome(RoundOutcome(task: name, round: stored.round, result: result))
                        ],
                        changes: [.putRound(stored), .removeSnapshot(hash: round.broadcast.hash)])
                case .completed(let sum):
                    stored.state = .completed
                    stored.survivors = sum.answered
                    stored.noiseStandardDeviation = sum.noiseStandardDeviation
                    let before = tasks[index].stored
                    let (checkpoint, model) = (
                        BLAKE2b.hash(sum.checkpoint), BLAKE2b.hash(sum.model)
                    )
                    // An operator may have paused or ended the task meanwhile.
                    let after = tasks[index].answered(checkpoint: checkpoint, model: model)
                    answered = after
                    let former = [before.checkpoint, before.model, round.broadcast.hash].filter {
                        !$0.isEmpty
                    }
                    let result = RoundOutcome.Result.completed(
                        contributors: sum.contributors.count,
                        noiseStandardDeviation: sum.noiseStandardDeviation,
                        modelAfter: sum.modelHash)
                    return Writing(
                        entries: [
                            .outcome(RoundOutcome(task: name, round: stored.round, result: result))
                        ],
                        changes: [
                            .putSnapshot(hash: checkpoint, bytes: sum.checkpoint),
                            .putSnapshot(hash: model, bytes: sum.model), .putTask(after),
                            .putRound(stored),
                            .contribute(
                                task: name, round: stored.round, devices: sum.contributors),
                        ] + former.map { .removeSnapshot(hash: $0) })
                }
            } applying: {
                guard let index = place(of: name, session: session) else { return }
                if let answered { tasks[index].stored = answered }
                forget(index, stored, ending)
            }
        } catch {
            logger.error("a round's end is not stored", metadata: ["reason": "\(error)"])
            // Where there is no room, it is kept and tried again; else nobody leads here any more.
            if let index = place(of: name, session: session) {
                tasks[index].round?.nextEnding = clock.monotonic() + 2000
            }
        }
    }

    /// Takes in a round's end that is stored.
    private func forget(_ index: Int, _ stored: StoredRound, _ ending: ActiveRound.Ending) {
        let name = tasks[index].name
        var metadata: Logger.Metadata = ["task": "\(name)", "round": "\(stored.round + 1)"]
        let isCompleted: Bool
        switch ending {
        case .completed(let sum):
            isCompleted = true
            tasks[index].algorithm = sum.algorithm
            tasks[index].failures = 0
            metadata["contributors"] = "\(sum.contributors.count)"
            metadata["milliseconds"] = "\(stored.stepEnds.last ?? 0)"
            logger.info("round completed", metadata: metadata)
        case .abandoned:
            isCompleted = false
            tasks[index].failures += 1
            metadata["reason"] = "\(stored.reason)"
            logger.warning("round abandoned", metadata: metadata)
        }
        if let live = tasks[index].round?.live {
            endings.note(live, completed: isCompleted, reason: stored.reason)
        }
        sessions[stored.session] = nil
        tasks[index].round = nil
        tasks[index].remember(stored)
        // After failures it waits longer and longer, up to a minute.
        let pause = tasks[index].failures == 0 ? 0 : 500 << min(tasks[index].failures, 7)
        tasks[index].nextRound = clock.monotonic() + Int64(pause)
    }
}

extension ActiveRound.Ending {
    /// Why nothing came of a round, in one line.
    fileprivate var reason: String {
        switch self {
        case .completed: ""
        case .abandoned("drain", _, _): "the coordinator went down"
        case .abandoned(let step, let left, let needed):
            "too few devices after \(step): \(left), and \(needed) are needed"
        }
    }
}
