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
        var trained: [(device: Int, parameters: [Float])] = []
        let elements = try await context.processes.sum(count: plan.encodedDimension) {
            let partials = try await partialSums(
                of: context.owned(positions), survivors, roster, encoder)
            var total = RingVector(zeros: plan.encodedDimension, bits: plan.modulusBits)
            for partial in partials { total.add(partial.sum) }
            trained = partials.flatMap(\.trained)
            return total.elements.map { Int64($0) }
        }
        try commit(positions, Array(context.cohort.perStep.prefix(3)))
        return try RoundSum.decoded(
            RingVector(
                elements.map { UInt32(truncatingIfNeeded: $0) }, bits: plan.modulusBits),
            plan: plan, session: session, survivors: positions.count, privateParameters: trained)
    }

    private func partialSums(
        of positions: [Int], _ survivors: DeviceSet, _ roster: CohortRoster,
        _ encoder: PrivateSumEncoder
    ) async throws -> [Partial] {
        let counter = StepCounter(total: positions.count, report: context.progress)
        return try await context.parallel.reduce(
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
    }
}
