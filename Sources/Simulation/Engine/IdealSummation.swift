internal import PrivateAggregation
import Recommender
internal import VectorKernels

/// The same integers as in ``RealSummation``, encoded and noised device by device, added up without
/// masks.
struct IdealSummation<Algorithm: FederatedAlgorithm> {
    let context: RoundContext<Algorithm>
    let plan: PrivateSumPlan

    private struct Partial: Sendable {
        var sum: [UInt32]
        var trained: [(device: Int, parameters: [Float])] = []
    }

    func sum(committing commit: Commitment) async throws -> RoundSum {
        let session = context.session
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        let positions = context.cohort.masking
        let counter = StepCounter(total: positions.count, report: context.progress)
        let partials = try await context.parallel.reduce(
            positions.count, into: Partial(sum: [UInt32](repeating: 0, count: plan.paddedDimension))
        ) { partial, index in
            try context.interruption.check()
            let number = context.cohort.devices[positions[index]]
            let (statistic, parameters) = context.contribution(at: positions[index])
            var noise = context.randomness("noise", number)
            let encoded = try encoder.encode(
                statistic.dense(dimension: plan.dimension), randomness: &noise)
            Ring.add(encoded, to: &partial.sum)
            partial.trained.append((number, parameters))
            counter.countOne("add up")
        }
        var total = [UInt32](repeating: 0, count: plan.paddedDimension)
        for partial in partials { Ring.add(partial.sum, to: &total) }
        try commit(positions, Array(context.cohort.perStep.prefix(3)))
        let mask = UInt32.max >> UInt32(32 - plan.modulusBits)
        return try RoundSum.decoded(
            total.map { $0 & mask }, plan: plan, session: session, survivors: positions.count,
            privateParameters: partials.flatMap(\.trained))
    }
}
