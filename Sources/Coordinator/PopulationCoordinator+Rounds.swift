internal import DifferentialPrivacy
internal import FederatedProtocol
internal import Logging
internal import PrivacyLedger
internal import PrivateAggregation
internal import Recommender
internal import SecureAggregation

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
    func look(at name: String, in milliseconds: Int64) {
        guard let index = place(of: name) else { return }
        tasks[index].nextLook = clock.monotonic() + milliseconds
    }

    // MARK: One round

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
    func place(of name: String, session: [UInt8]) -> Int? {
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
}
