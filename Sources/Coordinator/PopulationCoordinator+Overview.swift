internal import DifferentialPrivacy
package import FederatedProtocol
internal import Foundation
internal import PrivacyLedger
internal import PrivateAggregation
internal import Simulation
internal import Sodium

extension PopulationCoordinator {
    package func overview() async throws(CallError) -> CoordinatorOverview {
        try await refresh()
        let now = clock.monotonic()
        let spent = log.spent
        let shown =
            lease == nil
            ? try await answering { try await self.followedTasks() } : tasks.map { $0.overview }
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
            tasks: shown, leader: leader?.name ?? "", replicas: replicas.map(\.name),
            version: coveyVersion, time: clock.wall())
    }

    /// The tasks of whoever leads. Rows and ledger tell what pages show: nobody needs to be able to
    /// train for that.
    private func followedTasks() async throws -> [CoordinatorOverview.Task] {
        try await readDevices()
        var shown: [CoordinatorOverview.Task] = []
        for stored in try await store.tasks() {
            guard let scenario = try? Scenario(yaml: stored.scenario, source: stored.name) else {
                continue
            }
            let history = history(of: stored.name)
            let rounds = history.announced?.rounds ?? 0
            shown.append(
                CoordinatorOverview.Task(
                    stored, scenario: scenario,
                    queries: max(0, rounds - scenario.spareRounds),
                    roundsBegun: history.roundsBegun, rounds: rounds,
                    latest: try await store.rounds(
                        of: stored.name, limit: RunningTask.mostRemembered
                    ).map { .init($0, step: nil) },
                    quality: try await store.quality(of: stored.name),
                    epsilonSpent: (try? history.account?.spent).map {
                        scenario.target.limitedEpsilon(of: $0)
                    }))
        }
        return shown
    }

    /// What the ledger tells of a task.
    struct History {
        /// As it was announced; nil before it was.
        var announced: LedgerTask?
        var roundsBegun = 0
        /// What the task alone has spent.
        var account: PopulationAccount?
    }

    /// Reads the ledger's entries of a task.
    func history(of task: String) -> History {
        var history = History()
        var noise = NoiseDistribution.discreteGaussian
        for entry in log.entries {
            switch entry.content {
            case .task(let announced) where announced.name == task:
                history.announced = announced
                var account = PopulationAccount(
                    delta: announced.target.budget.delta,
                    neighbouring: announced.policy.neighbouring)
                account.open(
                    task: task, population: announced.population, policy: announced.policy)
                history.account = account
            case .plan(let plan) where plan.task == task:
                noise = plan.sum.noise
                history.roundsBegun = max(history.roundsBegun, plan.round + 1)
                history.account?.begin(task: task)
            case .charge(let charge) where charge.task == task:
                // Charges in a ledger were charged once before.
                try? history.account?.charge(task: task, rho: charge.rho, noise: noise)
            default: break
            }
        }
        return history
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
            stored, scenario: scenario, queries: plan.queries.count, roundsBegun: roundsBegun,
            rounds: plan.rounds, latest: rounds.suffix(Self.mostRemembered), quality: quality,
            epsilonSpent: (try? account.spent).map { announced.target.limitedEpsilon(of: $0) })
    }
}

extension CoordinatorOverview.Task {
    fileprivate init(
        _ stored: StoredTask, scenario: Scenario, queries: Int, roundsBegun: Int, rounds: Int,
        latest: [CoordinatorOverview.Round], quality: [QualityFigure], epsilonSpent: Double? = nil
    ) {
        self.init(
            name: stored.name, state: stored.state.rawValue, reason: stored.reason,
            algorithm: scenario.algorithm.name, queriesDone: stored.queriesDone, queries: queries,
            roundsBegun: roundsBegun, rounds: rounds, devices: stored.devices,
            modelHash: stored.model.isEmpty ? nil : hexadecimal(stored.model), latest: latest,
            quality: quality.map {
                .init(queriesDone: $0.queriesDone, metric: $0.metric, value: $0.value)
            }, epsilonSpent: epsilonSpent, epsilon: scenario.target.budget.epsilon)
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
