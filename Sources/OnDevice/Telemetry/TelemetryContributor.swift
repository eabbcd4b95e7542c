internal import DifferentialPrivacy
public import PrivacyLedger
internal import PrivateAggregation
public import Recommender

/// Answers rounds that measure ranking quality, from what the device showed and what followed. None
/// of that leaves the device but as a vector in a private sum.
public struct TelemetryContributor: RoundContributor {
    private let telemetry: RankingTelemetry
    private let window: Int64
    private let span: Int64
    private let group: @Sendable (String) -> Int?
    private let time: @Sendable () -> Int64
    private let history: @Sendable () async throws -> PersonalHistory

    /// Measures what was shown lately.
    ///
    /// - Parameters:
    ///   - telemetry: What is measured; its basis tells of `window`, `span` and `group`.
    ///   - window: How long after a list an event is still owed to it, in seconds, at least 0.
    ///   - span: How far back lists count, in seconds before the last closed window. Rounds at least
    ///     so far apart count no list twice; a list that is in two rounds is charged for twice, so
    ///     this is no matter of privacy.
    ///   - group: The group of an item, such as its decile of popularity in the published model; nil
    ///     for one that is in none.
    ///   - time: Seconds since 1970 (UTC).
    ///   - history: What the device remembers, such as ``DeviceRanker/history``.
    public init(
        _ telemetry: RankingTelemetry, window: Int64, span: Int64,
        group: @escaping @Sendable (String) -> Int?, time: @escaping @Sendable () -> Int64,
        history: @escaping @Sendable () async throws -> PersonalHistory
    ) {
        precondition(window >= 0 && span >= 0, "a window or span is negative")
        self.telemetry = telemetry
        self.window = window
        self.span = span
        self.group = group
        self.time = time
        self.history = history
    }

    /// Whether the round sums this telemetry, without clipping it.
    public func canContribute(to plan: RoundPlan) async -> Bool {
        let query = telemetry.query()
        return plan.query == query.name && plan.sum.dimension == query.dimension
            && plan.sum.clippingNorm >= query.clippingNorm
    }

    /// The device's counts.
    public func contribution(to plan: RoundPlan) async throws -> [Float] {
        let now = time()
        let (end, isEndBelow) = now.subtractingReportingOverflow(window)
        let (start, isStartBelow) = end.subtractingReportingOverflow(span)
        let period = isEndBelow ? 0..<0 : (isStartBelow ? .min : start)..<end
        let lists = HitAttribution(window: window, depth: telemetry.depth).outcomes(
            in: try await history(), shownIn: period, at: now, group: group)
        return telemetry.statistic(of: lists).values
    }
}
