import OnDevice
import Recommender
import Testing

@Suite struct HitAttributionTests {
    private let attribution = HitAttribution(window: 100, depth: 2)

    private func hits(
        _ lists: [DisplayedList], _ events: [PositiveEvent], in period: Range<Int64> = 0..<10_000,
        at now: Int64 = 100_000
    ) -> [Bool] {
        attribution.outcomes(of: lists, events: events, in: period, at: now) { _ in 0 }
            .map(\.isHit)
    }

    @Test func `an event counts within the window after a list, and its first items`() {
        let list = DisplayedList(time: 1000, items: ["a", "b", "c"])
        func isHit(_ item: String, _ time: Int64) -> Bool {
            hits([list], [PositiveEvent(time: time, item: item)]) == [true]
        }
        #expect(isHit("a", 1000) && isHit("b", 1100))
        #expect(!isHit("a", 999) && !isHit("a", 1101) && !isHit("c", 1001) && !isHit("d", 1001))
        #expect(hits([list], []) == [false])
    }

    @Test func `an event counts once, for the latest list that showed its item`() {
        let lists = [
            DisplayedList(time: 1050, items: ["a"]), DisplayedList(time: 1000, items: ["a", "a"]),
            DisplayedList(time: 1060, items: ["b"]),
        ]
        #expect(hits(lists, [PositiveEvent(time: 1070, item: "a")]) == [false, true, false])
        #expect(hits(lists, [PositiveEvent(time: 1040, item: "a")]) == [true, false, false])
        let twice = [PositiveEvent(time: 1070, item: "b"), PositiveEvent(time: 1071, item: "b")]
        #expect(hits(lists, twice) == [false, false, true])
    }

    @Test func `lists outside the period and those that are still open do not count`() {
        let lists = (0..<5).map { DisplayedList(time: 1000 + 100 * Int64($0), items: ["a"]) }
        #expect(hits(lists, [], in: 1100..<1300).count == 2)
        #expect(hits(lists, [], at: 1300).count == 2)
        // A list outside the period still has its claim to an event.
        #expect(
            hits(lists, [PositiveEvent(time: 1120, item: "a")], in: 1000..<1100) == [false])
    }

    @Test func `groups follow the order of the list`() {
        let lists = [DisplayedList(time: 0, items: ["x", "a", "b"])]
        let outcomes = attribution.outcomes(of: lists, events: [], in: 0..<1, at: 1000) {
            $0 == "x" ? nil : 3
        }
        #expect(outcomes == [RankingTelemetry.ShownList(isHit: false, groups: [-1, 3])])
    }
}
