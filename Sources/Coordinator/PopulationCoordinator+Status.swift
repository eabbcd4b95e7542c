package import FederatedProtocol
internal import DifferentialPrivacy
internal import Foundation
internal import PrivacyLedger
internal import Simulation
internal import Sodium

extension PopulationCoordinator {
    package func listTasks() async throws(CallError) -> Covey_V1_ListTasksResponse {
        try await refresh()
        var response = Covey_V1_ListTasksResponse()
        for task in try await answering({ try await self.store.tasks() }) {
            response.tasks.append(try await status(of: task))
        }
        return response
    }

    package func getTask(
        _ request: Covey_V1_GetTaskRequest
    ) async throws(CallError) -> Covey_V1_GetTaskResponse {
        try await refresh()
        let stored = try await storedTask(request.name)
        var response = Covey_V1_GetTaskResponse()
        response.status = try await status(of: stored)
        response.scenario = stored.scenario
        response.catalogue.hash = Bytes(stored.catalogue)
        return response
    }

    /// What is told of a task.
    func status(of stored: StoredTask) async throws(CallError) -> Covey_V1_TaskStatus {
        var status = Covey_V1_TaskStatus()
        status.name = stored.name
        status.state =
            switch stored.state {
            case .gathering: .gathering
            case .active: .active
            case .paused: .paused
            case .finished: .finished
            case .failed: .failed
            }
        status.reason = stored.reason
        status.queriesDone = UInt32(clamping: stored.queriesDone)
        status.devices = UInt64(stored.devices)
        if !stored.model.isEmpty { status.model.hash = Bytes(stored.model) }
        if let index = place(of: stored.name) {
            status.queries = UInt32(clamping: tasks[index].plan.queries.count)
            status.rounds = UInt32(clamping: tasks[index].plan.rounds)
            status.roundsBegun = UInt32(clamping: tasks[index].roundsBegun)
        } else if let announced = announcement(of: stored.name) {
            status.rounds = UInt32(clamping: announced.rounds)
        }
        let spent = log.spent
        status.epsilonCoordinator = spent?.epsilonCoordinator ?? 0
        status.epsilonObserver = spent?.epsilonObserver ?? 0
        status.epsilonBudget = configuration.target.budget.epsilon
        status.delta = configuration.target.budget.delta
        return status
    }

    /// A task as the ledger announces it; nil where it is not announced yet.
    private func announcement(of name: String) -> LedgerTask? {
        for case .task(let task) in log.entries.lazy.map(\.content) where task.name == name {
            return task
        }
        return nil
    }

    package func readiness() async -> Readiness {
        do { try await store.check() } catch {
            return Readiness(isReady: false, reason: "\(error)")
        }
        if isDraining { return Readiness(isReady: false, reason: "this coordinator is going down") }
        guard lease != nil || leader != nil else {
            return Readiness(isReady: false, reason: "no coordinator leads yet")
        }
        return Readiness(isReady: true)
    }

    package func overview() async throws(CallError) -> CoordinatorOverview {
        try await refresh()
        let now = clock.monotonic()
        let spent = log.spent
        var shown = tasks
        if lease == nil {
            try await answering { try await self.readDevices() }
            shown = []
            for stored in try await answering({ try await self.store.tasks() }) {
                if let task = try? await makeTask(stored) { shown.append(task) }
            }
        }
        return CoordinatorOverview(
            origin: configuration.origin,
            ledgerKey: (try? VerificationKey(name: configuration.origin, key: key.publicKey))
                .map { "\($0)" } ?? "",
            checkpoint: log.checkpoint?.note.string ?? "", ledgerEntries: log.entries.count,
            budget: .init(
                epsilonCoordinator: spent?.epsilonCoordinator ?? 0,
                epsilonObserver: spent?.epsilonObserver ?? 0,
                epsilon: configuration.target.budget.epsilon,
                delta: configuration.target.budget.delta,
                against: configuration.target.against.rawValue),
            population: .init(
                enrolled: registry.count,
                present: registry.presentCount(since: now - presence),
                inRounds: tasks.reduce(0) { $0 + ($1.round?.devices.count ?? 0) }),
            tasks: shown.map { $0.overview }, leader: leader?.name ?? "",
            replicas: replicas.map(\.name), version: coveyVersion, time: clock.wall())
    }
}

extension RunningTask {
    /// What the pages show.
    fileprivate var overview: CoordinatorOverview.Task {
        var rounds = latest.map { CoordinatorOverview.Round($0, step: nil) }
        if let round {
            rounds.append(.init(round.live.describe(round.stored), step: round.live.stepName))
        }
        return CoordinatorOverview.Task(
            name: name, state: stored.state.rawValue, reason: stored.reason,
            algorithm: scenario.algorithm.name, queriesDone: stored.queriesDone,
            queries: plan.queries.count, roundsBegun: roundsBegun, rounds: plan.rounds,
            devices: stored.devices,
            modelHash: stored.model.isEmpty ? nil : hexadecimal(stored.model),
            latest: rounds.suffix(Self.mostRemembered),
            quality: quality.map {
                .init(queriesDone: $0.queriesDone, metric: $0.metric, value: $0.value)
            })
    }
}

extension CoordinatorOverview.Round {
    fileprivate init(_ round: StoredRound, step: String?) {
        self.init(
            number: round.round, query: round.queryName, state: round.state.rawValue, step: step,
            reason: round.reason, invited: round.invited, survivors: round.survivors,
            stepMilliseconds: zip(round.stepEnds, [0] + round.stepEnds).map { $0 - $1 },
            epsilonCoordinator: round.epsilonCoordinator, epsilonObserver: round.epsilonObserver,
            noiseStandardDeviation: round.noiseStandardDeviation, began: round.began,
            ended: round.ended == 0 ? nil : round.ended)
    }
}
