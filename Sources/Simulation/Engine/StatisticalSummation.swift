internal import PrivateAggregation
import Recommender
internal import Sodium
internal import VectorKernels

/// What one task has come to. Outside the generic type, for which every access to it would be slower.
private struct Partial: Sendable {
    var sum: FixedPointSum
    var trained: [(device: Int, parameters: [Float])] = []
    /// The noise of the whole sum, in the task that drew it.
    var noise: [Float]?
}

/// Clipped floats added up as they are, and what all devices' rounding and noise amount to drawn once;
/// without a plan, the exact sum of unclipped floats, as a reference without privacy.
struct StatisticalSummation<Algorithm: FederatedAlgorithm> {
    let context: RoundContext<Algorithm>
    let query: SumQuery
    /// How the sum is clipped and noised; nil for the reference without privacy.
    let plan: PrivateSumPlan?

    /// The longest contribution that a ``FixedPointSum`` holds, in units.
    private static var mostUnits: Double { 0x1p14 }

    func sum(committing commit: Commitment = { _, _ in }) async throws -> RoundSum {
        let positions = context.cohort.masking
        var (values, trained, noise) = try await clippedSum(of: positions, drawingNoise: true)
        try commit(positions, Array(context.cohort.perStep.prefix(3)))
        if let noise {
            for index in values.indices { values[index] += noise[index] }
        }
        return RoundSum(
            sum: NoisySum(
                values: values,
                noiseStandardDeviation: plan?.sumStandardDeviation(survivors: positions.count) ?? 0,
                contributors: positions.count),
            privateParameters: trained, digest: nil)
    }

    /// The sum of the clipped contributions of some positions, what the devices there have learnt that
    /// are of this process, and where it is asked for the noise that the plan adds to the sum.
    func clippedSum(
        of positions: [Int], drawingNoise: Bool = false
    ) async throws -> (
        values: [Float], trained: [(device: Int, parameters: [Float])], noise: [Float]?
    ) {
        let unit = plan == nil ? max(1, query.clippingNorm) : query.clippingNorm
        var trained: [(device: Int, parameters: [Float])] = []
        var noise: [Float]?
        let units = try await context.processes.sum(count: query.dimension) {
            let partials = try await partialSums(
                of: context.owned(positions), unit: unit,
                noiseOf: drawingNoise ? positions.count : nil)
            guard var total = partials.first?.sum else {
                return [Int64](repeating: 0, count: query.dimension)
            }
            for partial in partials.dropFirst() { total.add(partial.sum) }
            trained = partials.flatMap(\.trained)
            noise = partials.lazy.compactMap(\.noise).first
            return total.units()
        }
        return (FixedPointSum(units: units, unit: unit).values(), trained, noise)
    }

    private func noise(survivors: Int) throws -> [Float]? {
        guard let plan else { return nil }
        let round = "\(context.number)" + (context.group.map { " group \($0)" } ?? "")
        var randomness = SeededRandomness(
            seed: context.seed, label: "statistical noise", round)
        return try StatisticalSum(plan: plan).noise(survivors: survivors, randomness: &randomness)
    }

    /// What tasks add up of some positions. The noise of so many survivors is drawn by one of them, as if
    /// it were one more device.
    private func partialSums(
        of positions: [Int], unit: Double, noiseOf survivors: Int?
    ) async throws -> [Partial] {
        let counter = StepCounter(total: positions.count, report: context.progress)
        let clippingNorm = plan?.clippingNorm
        // Noise first: it takes as long as many devices.
        let first = survivors == nil ? 0 : 1
        return try await context.parallel.reduce(
            // Networks take milliseconds a device: many taken at the end keep other tasks waiting.
            first + positions.count, chunk: 2,
            into: Partial(sum: FixedPointSum(count: query.dimension, unit: unit))
        ) { partial, index in
            try context.interruption.check()
            guard index >= first else {
                partial.noise = try survivors.flatMap(noise)
                return
            }
            let position = positions[index - first]
            let (statistic, parameters) = context.contribution(at: position)
            let norm = statistic.squaredNorm.squareRoot()
            // What is not clipped may be too long for the sum to hold.
            guard norm.isFinite, clippingNorm != nil || norm < Self.mostUnits * unit else {
                throw PrivateSumError.notFinite
            }
            if let clippingNorm {
                statistic.addShort(
                    to: &partial.sum, scale: norm > clippingNorm ? clippingNorm / norm : 1)
            } else {
                partial.sum.add(
                    rows: statistic.rows, width: statistic.width, values: statistic.values,
                    scale: 1)
            }
            partial.trained.append((context.cohort.devices[position], parameters))
            counter.countOne("add up")
        }
    }
}
