internal import FederatedProtocol
internal import Recommender

/// What a training is compared with.
extension Training {
    /// The same training, but for one thing.
    enum Reference {
        /// Exact sums of unclipped contributions.
        case withoutPrivacy
        /// Nobody works against it, and no sums of groups are needed.
        case withoutAdversary
    }

    /// What the same algorithm over the same cohorts comes to. Nothing is written; sums are statistical.
    ///
    /// - Returns: nil where another process sums it up.
    func judgement(
        _ reference: Reference, _ algorithm: Algorithm, _ untrained: PrivateParameters
    ) async throws -> Evaluator.Judgement? {
        var privateParameters = untrained
        var cohorts = cohorts
        var state = State(
            algorithm: algorithm, account: try PrivacyAccount(task: task, noise: plan.noise),
            modelHash: [])
        for round in plan.queries.indices where !state.algorithm.isFinished {
            let query = state.algorithm.queries[round]
            let cohort = try nextCohort(round, from: &cohorts)
            let context = context(
                round: round, number: round, cohort: cohort, state: state, privateParameters,
                adversary: nil)
            let sumPlan =
                reference == .withoutPrivacy
                ? nil
                : try plan.sumPlan(round: round, query: query, invited: cohort.devices.count)
            let outcome = try await StatisticalSummation(
                context: context, query: query, plan: sumPlan
            ).sum()
            state.apply(
                outcome.sum, round: round, keeping: context.broadcasts.prefix(maximumStaleness))
            privateParameters.take(outcome.privateParameters)
        }
        return try await evaluator.judgement(
            of: state.algorithm.model, population: population, privateParameters)
    }
}
