/// How well a threshold on the scores finds the canaries that were included.
extension CanaryScores {
    /// A point of the receiver operating characteristic.
    public struct CurvePoint: Sendable, Hashable, Codable {
        /// The share of excluded canaries whose scores reach the threshold.
        public var falsePositiveRate: Double
        /// The share of included canaries whose scores reach the threshold.
        public var truePositiveRate: Double
    }

    /// The rates at every threshold, from (0, 0) to (1, 1); empty unless both groups have canaries.
    public var curve: [CurvePoint] {
        guard !included.isEmpty, !excluded.isEmpty else { return [] }
        var points = [CurvePoint(falsePositiveRate: 0, truePositiveRate: 0)]
        var (positives, negatives) = (0, 0)
        while positives < included.count || negatives < excluded.count {
            let threshold = max(
                positives < included.count ? included[positives] : -.infinity,
                negatives < excluded.count ? excluded[negatives] : -.infinity)
            while positives < included.count, included[positives] == threshold { positives += 1 }
            while negatives < excluded.count, excluded[negatives] == threshold { negatives += 1 }
            points.append(
                CurvePoint(
                    falsePositiveRate: Double(negatives) / Double(excluded.count),
                    truePositiveRate: Double(positives) / Double(included.count)))
        }
        return points
    }

    /// The area under the curve: how often an included canary's score is above an excluded one's,
    /// equal ones counted half; 0.5 unless both groups have canaries.
    public var areaUnderCurve: Double {
        let points = curve
        guard !points.isEmpty else { return 0.5 }
        return zip(points, points.dropFirst()).reduce(0) { area, ends in
            let width = ends.1.falsePositiveRate - ends.0.falsePositiveRate
            return area + width * (ends.0.truePositiveRate + ends.1.truePositiveRate) / 2
        }
    }

    /// The share of included canaries found by the lowest threshold that at most a share of
    /// `falsePositiveRate` of the excluded ones reaches. A description of these canaries, not a
    /// bound.
    public func truePositiveRate(atFalsePositiveRate falsePositiveRate: Double) -> Double {
        curve.last { $0.falsePositiveRate <= falsePositiveRate }?.truePositiveRate ?? 0
    }
}
