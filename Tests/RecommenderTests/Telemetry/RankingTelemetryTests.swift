import Foundation
import Sodium
import Testing

@testable import Recommender

@Suite struct RankingTelemetryTests {
    private let telemetry = RankingTelemetry(
        listLimit: 8, depth: 5, groupCount: 4, basis: "deciles")

    private func lists(
        _ count: Int, hitRate: Double, tail: Double, _ randomness: inout SeededRandomness
    ) -> [RankingTelemetry.ShownList] {
        (0..<count).map { _ in
            RankingTelemetry.ShownList(
                isHit: Double.random(in: 0..<1, using: &randomness) < hitRate,
                groups: (0..<Int.random(in: 1...7, using: &randomness)).map { _ in
                    Double.random(in: 0..<1, using: &randomness) < tail
                        ? 3 : Int.random(in: 0..<3, using: &randomness)
                })
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `no device exceeds the norm that the sum clips to`(seed: UInt64) {
        var randomness = SeededRandomness(seed: seed, label: "lists")
        let count = Int.random(in: 0...30, using: &randomness)
        // A device that saw one thing only is the worst.
        let lists = lists(
            count, hitRate: seed % 3 == 0 ? 1 : 0.3, tail: seed % 2 == 0 ? 1 : 0.2, &randomness)
        let statistic = telemetry.statistic(of: lists)
        #expect(statistic.values.count == telemetry.query().dimension)
        let norm = telemetry.query().clippingNorm
        #expect(statistic.squaredNorm <= norm * norm * (1 + 1e-6))
    }

    @Test(arguments: 1...200)
    func `nothing is clipped, to the last bit`(limit: Int) {
        let telemetry = RankingTelemetry(listLimit: limit, depth: 7, groupCount: 1, basis: "")
        let list = RankingTelemetry.ShownList(isHit: true, groups: [0, 0, 0, 0, 0, 0, 0])
        let statistic = telemetry.statistic(of: Array(repeating: list, count: limit))
        #expect(statistic.values == [0, 1, 1])
    }

    @Test func `telemetry of another scale is another query`() {
        let others = [
            RankingTelemetry(listLimit: 9, depth: 5, groupCount: 4, basis: "deciles"),
            RankingTelemetry(listLimit: 8, depth: 6, groupCount: 4, basis: "deciles"),
            RankingTelemetry(listLimit: 8, depth: 5, groupCount: 5, basis: "deciles"),
            RankingTelemetry(listLimit: 8, depth: 5, groupCount: 4, basis: "categories"),
        ]
        #expect(Set((others + [telemetry]).map { $0.query().name }).count == 5)
    }

    @Test func `the norm is reached and cannot be lowered`() {
        let worst = RankingTelemetry.ShownList(isHit: true, groups: [2, 2, 2, 2, 2])
        let statistic = telemetry.statistic(of: Array(repeating: worst, count: 9))
        #expect(abs(statistic.squaredNorm - 2) < 1e-5)
    }

    @Test func `the newest lists count, their first items, and groups that there are`() {
        let old = RankingTelemetry.ShownList(isHit: true, groups: [0])
        let new = RankingTelemetry.ShownList(isHit: false, groups: [1, -1, 4, 1, 2, 3, 3])
        let statistic = telemetry.statistic(
            of: [old, old] + [RankingTelemetry.ShownList](repeating: new, count: 7))
        let expected: [Float] = [7 / 8, 1 / 8, 1 / 40, 14 / 40, 7 / 40, 0]
        for (value, expected) in zip(statistic.values, expected) {
            #expect(abs(value - expected) < 1e-6)
        }
        #expect(telemetry.statistic(of: []).values.allSatisfy { $0 == 0 })
    }

    @Test func `without noise the estimate is the truth`() {
        let sum = NoisySum(
            values: [6, 2, 1, 2, 3, 4], noiseStandardDeviation: 0, contributors: 20)
        let estimate = telemetry.estimate(from: sum)
        #expect(estimate.hitRate().value == 0.25)
        #expect(estimate.hitRate().interval == 0.25...0.25)
        #expect(estimate.listCount().value == 64 && estimate.contributors == 20)
        #expect(estimate.exposures().map(\.value) == [0.1, 0.2, 0.3, 0.4])
        #expect(estimate.exposure(of: [0, 3]).value == 0.5)
        #expect(estimate.coverage(atLeast: 0.15) == 3...3)
    }

    /// 2,000 sums of one population with fresh noise. An interval of 90 % covers 1,800 of them but
    /// for 13.4 either way; the limits are 5 of these deviations off, a false alarm in two million.
    @Test(arguments: [0.3, 1.5, 6])
    func `intervals cover the truth as often as they say`(noise: Double) {
        var randomness = SeededRandomness(seed: 11, label: "telemetry", "\(noise)")
        var exact = [Double](repeating: 0, count: telemetry.dimension)
        for _ in 0..<60 {
            let count = Int.random(in: 0...12, using: &randomness)
            let statistic = telemetry.statistic(
                of: lists(count, hitRate: 0.2, tail: 0.1, &randomness))
            for (place, value) in statistic.values.enumerated() { exact[place] += Double(value) }
        }
        let hitRate = exact[1] / (exact[0] + exact[1])
        let shown = exact[2...].reduce(0, +)
        let shares = exact[2...].map { $0 / shown }
        let trials = 2000
        var (hits, groups, all, lists, coverage) = (0, 0, 0, 0, 0)
        for _ in 0..<trials {
            let estimate = telemetry.estimate(
                from: NoisySum(
                    values: exact.map { Float($0 + noise * normal(&randomness)) },
                    noiseStandardDeviation: noise, contributors: 60))
            if estimate.hitRate(confidence: 0.9).interval.contains(hitRate) { hits += 1 }
            let tail = estimate.exposure(of: [2, 3], confidence: 0.9)
            if tail.interval.contains(shares[2] + shares[3]) { groups += 1 }
            let exposures = estimate.exposures(confidence: 0.9)
            if zip(exposures, shares).allSatisfy({ $0.interval.contains($1) }) { all += 1 }
            let count = estimate.listCount(confidence: 0.9)
            if count.interval.contains((exact[0] + exact[1]) * 8) { lists += 1 }
            let covered = estimate.coverage(atLeast: 0.2, confidence: 0.9)
            if covered.contains(shares.count { $0 >= 0.2 }) { coverage += 1 }
        }
        let (least, most) = (1733, 1867)
        #expect(hits >= least && groups >= least && lists >= least)
        // These hold together, and so more often than each has to.
        #expect(all >= least && coverage >= least)
        // Nor are they wider than they say, where the noise does not swallow the total.
        if noise < 1 { #expect(hits <= most && groups <= most && lists <= most) }
    }

    @Test func `a total lost in the noise says nothing`() {
        let estimate = telemetry.estimate(
            from: NoisySum(
                values: [0.1, 0.2, -1, 0, 0, 0], noiseStandardDeviation: 2, contributors: 3))
        #expect(estimate.hitRate().interval == 0...1)
        #expect(estimate.exposure(of: [0]).interval == 0...1)
        #expect(estimate.exposure(of: [0]).value == 0)
    }

    @Test func `normal quantiles are those of the tables`() {
        for (confidence, deviations) in [
            (0.0, 0.0), (0.6826894921370859, 1), (0.9, 1.6448536269514722),
            (0.95, 1.959963984540054), (0.99, 2.5758293035489004),
        ] {
            #expect(abs(normalDeviations(confidence: confidence) - deviations) < 1e-9)
        }
    }

    /// Box and Muller.
    private func normal(_ randomness: inout SeededRandomness) -> Double {
        let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &randomness))).squareRoot()
        return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &randomness))
    }
}
