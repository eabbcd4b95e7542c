internal import PrivateAggregation
import Recommender
internal import SecureAggregation
internal import VectorKernels

/// The same integers as in ``RealSummation``, encoded and noised device by device, added up without
/// masks. Noise that would be removed again is not added.
struct IdealSummation<Algorithm: FederatedAlgorithm> {
    let context: RoundContext<Algorithm>
    let plan: PrivateSumPlan

    private struct Partial: Sendable {
        var sum: RingVector
        var trained: [(device: Int, parameters: [Float])] = []
    }

    func sum(of roster: CohortRoster, committing commit: Commitment) async throws -> RoundSum {
        let session = context.session
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        let positions = context.cohort.masking
        let survivors = DeviceSet(
            positions.map { roster.numbers[$0] }, cohortSize: context.cohort.devices.count)
        let counter = StepCounter(total: positions.count, report: context.progress)
        let partials = try await context.parallel.reduce(
            positions.count,
            into: Partial(sum: RingVector(zeros: plan.encodedDimension, bits: plan.modulusBits))
        ) { partial, index in
            try context.interruption.check()
            let number = context.cohort.devices[positions[index]]
            let (statistic, parameters) = context.contribution(at: positions[index])
            var noise = context.randomness("noise", number)
            let removed = plan.excessNoise.removedComponents(
                rank: survivors.rank(of: roster.numbers[positions[index]]),
                survivors: survivors.count)
            let seeds = encoder.makeNoiseSeeds(from: &noise).enumerated().map {
                removed.contains($0) ? nil : $1
            }
            partial.sum.add(
                try encoder.encode(
                    statistic.dense(dimension: plan.dimension), noiseSeeds: seeds,
                    randomness: &noise))
            partial.trained.append((number, parameters))
            counter.countOne("add up")
        }
        var total = RingVector(zeros: plan.encodedDimension, bits: plan.modulusBits)
        for partial in partials { total.add(partial.sum) }
        try commit(positions, Array(context.cohort.perStep.prefix(3)))
        return try RoundSum.decoded(
            total, plan: plan, session: session, survivors: positions.count,
            privateParameters: partials.flatMap(\.trained))
    }
}
