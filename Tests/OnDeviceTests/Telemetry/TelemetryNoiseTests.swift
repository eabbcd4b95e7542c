import PrivateAggregation
import Recommender
import SecureAggregation
import Sodium
import Testing
import VectorKernels

@Suite struct TelemetryNoiseTests {
    private let telemetry = RankingTelemetry(
        listLimit: 10, depth: 3, groupCount: 4, basis: "deciles")

    /// What a coordinator would see of these statistics: encoded, noised, added up and decoded by
    /// the private sum, without the masks.
    private func sum(
        of statistics: [Statistic], under plan: PrivateSumPlan, seed: UInt64
    ) throws -> NoisySum {
        let session = [UInt8](repeating: UInt8(seed & 0xFF), count: 32)
        let encoder = try PrivateSumEncoder(plan: plan, session: session)
        var total = RingVector(zeros: plan.encodedDimension, bits: plan.modulusBits)
        for (device, statistic) in statistics.enumerated() {
            var noise = SeededRandomness(seed: seed, label: "noise", "\(device)")
            let removed = plan.excessNoise.removedComponents(
                rank: device, survivors: statistics.count)
            let seeds = encoder.makeNoiseSeeds(from: &noise).enumerated().map {
                removed.contains($0) ? nil : $1
            }
            total.add(
                try encoder.encode(statistic.values, noiseSeeds: seeds, randomness: &noise))
        }
        let estimate = try PrivateSumDecoder(plan: plan, session: session)
            .decode(total, survivors: statistics.count)
        return NoisySum(
            values: estimate.values, noiseStandardDeviation: estimate.standardDeviation,
            contributors: statistics.count)
    }

    /// 500 sums of 30 devices at a rho of 0.05. An interval of 90 % covers 450 of them but for
    /// 6.7 either way; the limits are 5 of these deviations off, a false alarm in two million.
    @Test func `intervals cover the truth at their rate under the private sum's own noise`() throws
    {
        var randomness = SeededRandomness(seed: 3, label: "lists")
        let statistics = (0..<30).map { _ in
            telemetry.statistic(
                of: (0..<10).map { _ in
                    RankingTelemetry.ShownList(
                        isHit: Int.random(in: 0..<3, using: &randomness) == 0,
                        groups: (0..<3).map { _ in Int.random(in: 0..<4, using: &randomness) })
                })
        }
        let exact = (0..<telemetry.dimension).map { place in
            statistics.reduce(0) { $0 + Double($1.values[place]) }
        }
        let hitRate = exact[1] / (exact[0] + exact[1])
        let share = exact[2] / exact[2...].reduce(0, +)
        let query = telemetry.query()
        let plan = try PrivateSumPlan(
            dimension: query.dimension, clippingNorm: query.clippingNorm, rho: 0.05,
            cohortSize: 30, minimumSurvivors: 24, colluding: 2)
        var (hits, shares) = (0, 0)
        for seed in 1...500 as ClosedRange<UInt64> {
            let estimate = telemetry.estimate(
                from: try sum(of: statistics, under: plan, seed: seed))
            if estimate.hitRate(confidence: 0.9).interval.contains(hitRate) { hits += 1 }
            if estimate.exposure(of: [0], confidence: 0.9).interval.contains(share) { shares += 1 }
        }
        #expect((416...484).contains(hits) && (416...484).contains(shares))
    }
}
