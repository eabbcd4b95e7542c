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
    /// The cohorts from the first round on.
    let cohorts: CohortSource
    /// How long phones learn, where time passes.
    let phones: PhoneModel
    /// How many models before the last one a device may train on.
    let maximumStaleness: Int
    let population: Population
    let evaluator: Evaluator
    /// What an audit looks at; nil outside one.
    let canaries: Canaries?
    /// Those who work against the training; nil where nobody does.
    let adversary: Adversary?
    /// How the sums of groups are combined; nil where there is one sum.
    let defence: RobustSum?
    /// Rankings are judged after every so many rounds, and after the last.
    let evaluationInterval: Int
    let processes: ProcessGroup
    let parallel: Parallel
    let interruption: Interruption
    let observer: SimulationObserver

    /// What a training has come to, apart from what stays on the devices; a round works on a copy, so
    /// that an interrupted one leaves no trace.
    struct State: Sendable {
        var algorithm: Algorithm
        var account: PrivacyAccount
        /// The number of finished rounds.
        var round = 0
        /// The number of rounds in the ledger, those included that came to nothing after they were charged.
        var begun = 0
        /// The time, in milliseconds since the beginning, as the ledger has it.
        var time: Int64 = 0
        /// What finished rounds left behind; in the first process only.
        var metrics: [RoundMetrics] = []
        /// What the sums told of the canaries.
        var canaryLog = CanaryLog(count: 0)
        /// The hash of the model as it is now.
        var modelHash: [UInt8]
        /// What devices may still train on that downloaded earlier, the latest first.
        var pastBroadcasts: [Algorithm.Broadcast] = []
        var updates = 0
        var cpuSeconds = 0.0
    }

    /// What the devices of a round learnt.
    typealias Learnt = [(device: Int, parameters: [Float])]

    /// How often, in seconds, the state is saved while rounds go on.
    private var checkpointInterval: Double { 10 }

    /// Runs the rounds that are left. Where it throws, `state` and the folder hold the last
    /// finished round.
    ///
    /// - Parameters:
    ///   - cohorts: Where the next round's comes from; afterwards, what they took.
    ///   - ledger: In the first process; nil in others.
    ///   - folder: What the first process writes.
    func run(
        _ state: inout State, _ privateParameters: inout PrivateParameters,
        cohorts: inout CohortSource, ledger: inout PrivacyLedger?, folder: RunFolder
    ) async throws {
        var saved = Date()
        do {
            while state.round < plan.queries.count, !state.algorithm.isFinished {
                var next = state
                let learnt = try await runRound(
                    &next, privateParameters, cohorts: &cohorts, ledger: &ledger)
                state = next
                privateParameters.take(learnt)
                if try processes.any(-saved.timeIntervalSinceNow > checkpointInterval) {
                    try save(state, &privateParameters, in: folder)
                    saved = Date()
                }
                if let metrics = state.metrics.last {
                    observer(.roundFinished(metrics, rounds: plan.queries.count))
                }
            }
        } catch {
            // All processes are interrupted together; another error may be of one alone.
            if processes.count == 1 || error is Interrupted {
                try save(state, &privateParameters, in: folder)
            }
            throw error
        }
        try save(state, &privateParameters, in: folder)
    }

    /// The cohort of the next round.
    func nextCohort(_ round: Int, from cohorts: inout CohortSource) throws -> Cohort {
        try cohorts.next {
            try RoundWork(
                plan, round: round, cohortSize: plan.policy.fewestInvited(of: plan.population),
                phones: phones)
        }
    }

    func context(
        round: Int, number: Int, cohort: Cohort, state: State,
        _ privateParameters: PrivateParameters, adversary: Adversary?
    ) -> RoundContext<Algorithm> {
        let query = state.algorithm.queries[round]
        return RoundContext(
            round: round, number: number, group: nil, seed: seed, algorithm: state.algorithm,
            broadcasts: [state.algorithm.broadcast(round: round)] + state.pastBroadcasts,
            cohort: cohort, population: population, privateParameters: privateParameters,
            canaries: canaries, adversary: adversary, processes: processes, parallel: parallel,
            interruption: interruption,
            progress: { [observer, plan] step, done, total in
                observer(
                    .step(
                        round: round, rounds: plan.queries.count, query: query.name, step: step,
                        done: done, total: total))
            })
    }
}

extension Training.State {
    /// Takes in the sum of a round: the server's update.
    ///
    /// - Parameter broadcasts: What devices trained on, of which as many are kept as may be needed.
    mutating func apply(
        _ sum: NoisySum, round: Int, keeping broadcasts: some Sequence<Algorithm.Broadcast>
    ) {
        algorithm.update(round: round, with: sum)
        modelHash = algorithm.model.ledgerHash
        pastBroadcasts = Array(broadcasts)
    }
}
