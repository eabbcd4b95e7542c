internal import DifferentialPrivacy
import FederatedProtocol
internal import PrivacyLedger
import PrivateAggregation
import Recommender
internal import SecureAggregation

/// One private sum of a round: that of the whole cohort, or of one of the groups that it is divided into.
struct RoundPart<Algorithm: FederatedAlgorithm>: Sendable {
    let context: RoundContext<Algorithm>
    let plan: PrivateSumPlan
    /// The identities of its devices; nil in statistical sums, which ask nobody to sign.
    let members: CohortRoster?

    /// The sum with the cohort's own part in it, as a plan has it for so many devices.
    init(
        _ context: RoundContext<Algorithm>, _ training: TrainingPlan, _ query: SumQuery,
        fidelity: AggregationFidelity
    ) async throws {
        self.context = context
        plan = try training.sumPlan(
            round: context.round, query: query, invited: context.cohort.devices.count)
        // Key pairs would take most of a statistical round's time.
        members =
            fidelity == .statistical
            ? nil
            : try await CohortRoster(
                devices: context.cohort.devices, seed: context.seed, parallel: context.parallel)
    }

    /// What identifies the devices in the commitment to the cohort.
    var identities: [[UInt8]] { members?.roster.identities ?? context.unkeyedIdentities }

    /// The devices whose vectors end up in the sum.
    var survivors: [Int] { context.cohort.masking.map { context.cohort.devices[$0] } }

    /// What the sum costs with the noise of those that are left.
    ///
    /// - Throws: ``SecureAggregation/AggregationError`` where too few are.
    var rho: Double {
        get throws {
            let left = survivors.count
            guard left >= plan.minimumSurvivors else {
                throw AggregationError.tooFewDevices(
                    step: "mask", left: left, needed: plan.minimumSurvivors)
            }
            return try plan.achievedNoise(survivors: left).rho
        }
    }

    /// The sum, as faithfully as is asked for.
    func sum(
        _ query: SumQuery, _ training: TrainingPlan, fidelity: AggregationFidelity,
        committing commit: Commitment
    ) async throws -> RoundSum {
        switch (fidelity, members) {
        case (.real, let members?):
            try await RealSummation(context: context, training: training, plan: plan)
                .sum(of: members, committing: commit)
        case (.ideal, let members?):
            try await IdealSummation(context: context, plan: plan)
                .sum(of: members, committing: commit)
        default:
            try await StatisticalSummation(context: context, query: query, plan: plan)
                .sum(committing: commit)
        }
    }
}
