public import Recommender

/// Says which of the lists that were shown led to something.
///
/// An event that speaks for its item is a hit of the latest list that showed its item, among its
/// first `depth`, at or before the event and no longer than the window before it; so an event counts
/// once, however often its item was shown. Lists whose window is still open are left out, as their
/// outcome is not known.
public struct HitAttribution: Sendable, Hashable {
    /// How long after a list an event is still owed to it, in seconds.
    public let window: Int64
    /// The number of items at the top of a list that count.
    public let depth: Int
    /// Which events speak for their items: those of a strength over 0.
    public var strengths: EventStrengths

    /// Attributes events within `window` seconds, at least 0, to the first `depth` items, at least 1.
    public init(window: Int64, depth: Int, strengths: EventStrengths = EventStrengths()) {
        precondition(window >= 0 && depth >= 1, "there is nothing to attribute")
        self.window = window
        self.depth = depth
        self.strengths = strengths
    }

    /// The lists shown in a period and what followed, oldest first.
    ///
    /// - Parameters:
    ///   - history: What was shown and what the owner did, in any order.
    ///   - period: When the lists that count were shown, in seconds since 1970 (UTC). To be after
    ///     the period of the last time, where no list is to count twice.
    ///   - now: The time.
    ///   - group: The group of an item; nil for one that is in none.
    public func outcomes(
        in history: PersonalHistory, shownIn period: Range<Int64>, at now: Int64,
        group: (String) -> Int?
    ) -> [RankingTelemetry.ShownList] {
        let ordered = history.impressions.sorted { $0.time < $1.time }
        var showings: [String: [Int]] = [:]
        for (number, list) in ordered.enumerated() {
            for item in Set(list.items.prefix(depth)) { showings[item, default: []].append(number) }
        }
        var hits: Set<Int> = []
        for event in history.events where strengths(event) > 0 {
            let shown = showings[event.item]?.last { ordered[$0].time <= event.time }
            if let shown, !isOver(from: ordered[shown].time, at: event.time) { hits.insert(shown) }
        }
        return ordered.indices.filter {
            period.contains(ordered[$0].time) && isOver(from: ordered[$0].time, at: now)
        }.map { number in
            RankingTelemetry.ShownList(
                isHit: hits.contains(number),
                groups: ordered[number].items.prefix(depth).map { group($0) ?? -1 })
        }
    }

    /// Whether the window of a list has passed. Times are an app's, and may be anything.
    private func isOver(from shown: Int64, at time: Int64) -> Bool {
        let (age, isOverflow) = time.subtractingReportingOverflow(shown)
        return isOverflow ? time > shown : age > window
    }
}
