/// Ranking quality as a private sum shows it.
///
/// Intervals cover the noise of the sum, whose size is known: they hold for what the devices in the
/// sum counted. Which devices those are is chance as well, and is not in them.
public struct RankingTelemetryEstimate: Sendable {
    /// What was measured.
    public let telemetry: RankingTelemetry
    /// The number of devices in the sum.
    public let contributors: Int
    private let sum: NoisySum

    init(_ telemetry: RankingTelemetry, _ sum: NoisySum) {
        precondition(sum.values.count == telemetry.dimension, "another query's sum")
        self.telemetry = telemetry
        self.sum = sum
        contributors = sum.contributors
    }

    private func total(_ coordinates: Range<Int>) -> Double {
        coordinates.reduce(0) { $0 + Double(sum.values[$1]) }
    }

    private var variance: Double { sum.noiseStandardDeviation * sum.noiseStandardDeviation }

    /// The share of lists in which something was taken up, with an interval that covers it with
    /// probability `confidence`.
    public func hitRate(confidence: Double = 0.95) -> NoisyShare {
        NoisyShare(
            part: total(1..<2), partVariance: variance, rest: total(0..<1), restVariance: variance,
            deviations: normalDeviations(confidence: confidence))
    }

    /// The lists that all devices together counted; not below 0.
    public func listCount(
        confidence: Double = 0.95
    ) -> (value: Double, interval: ClosedRange<Double>) {
        let scale = Double(telemetry.listLimit)
        let value = total(0..<2) * scale
        let margin =
            (2 * variance).squareRoot() * scale * normalDeviations(confidence: confidence)
        return (max(0, value), max(0, value - margin)...max(0, value + margin))
    }

    /// The share of one of `groups` in the items shown that are in any group, with its interval.
    public func exposure(of groups: Set<Int>, confidence: Double = 0.95) -> NoisyShare {
        exposure(of: groups, deviations: normalDeviations(confidence: confidence))
    }

    private func exposure(of groups: Set<Int>, deviations: Double) -> NoisyShare {
        var (part, rest, inside) = (0.0, 0.0, 0)
        for group in 0..<telemetry.groupCount {
            let shown = Double(sum.values[2 + group])
            if groups.contains(group) {
                part += shown
                inside += 1
            } else {
                rest += shown
            }
        }
        return NoisyShare(
            part: part, partVariance: Double(inside) * variance, rest: rest,
            restVariance: Double(telemetry.groupCount - inside) * variance, deviations: deviations)
    }

    /// The share of every group in the items shown that are in any, in order, with intervals that *all* hold at once with probability
    /// `confidence` or more (Bonferroni's inequality).
    public func exposures(confidence: Double = 0.95) -> [NoisyShare] {
        let each = 1 - (1 - confidence) / Double(telemetry.groupCount)
        let deviations = normalDeviations(confidence: each)
        return (0..<telemetry.groupCount).map { exposure(of: [$0], deviations: deviations) }
    }

    /// How many groups have at least the share `least` of the items shown that are in any: as few and as many as
    /// the intervals of ``exposures(confidence:)`` allow, and with probability `confidence` no fewer
    /// and no more.
    public func coverage(atLeast least: Double, confidence: Double = 0.95) -> ClosedRange<Int> {
        let exposures = exposures(confidence: confidence)
        let fewest = exposures.count { $0.interval.lowerBound >= least }
        return fewest...exposures.count { $0.interval.upperBound >= least }
    }
}
