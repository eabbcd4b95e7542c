import OnDevice
import Recommender
import Testing

@Suite struct HitAttributionTests {
    private let attribution = HitAttribution(window: 100, depth: 2)

    private func shown(_ time: Int64, _ items: [String]) -> Impression {
        Impression(
            time: time, items: items, propensities: items.map { _ in 1 }, model: "")
    }

    private func click(_ time: Int64, _ item: String) -> BehaviourEvent {
        BehaviourEvent(item: item, kind: .click, time: time)
    }

    private func hits(
        _ lists: [Impression], _ events: [BehaviourEvent], in period: Range<Int64> = 0..<10_000,
        at now: Int64 = 100_000
    ) -> [Bool] {
        attribution.outcomes(
            in: PersonalHistory(events: events, impressions: lists), shownIn: period, at: now
        ) { _ in 0 }.map(\.isHit)
    }

    @Test func `an event counts within the window after a list, and its first items`() {
        let list = shown(1000, ["a", "b", "c"])
        func isHit(_ item: String, _ time: Int64) -> Bool {
            hits([list], [click(time, item)]) == [true]
        }
        #expect(isHit("a", 1000) && isHit("b", 1100))
        #expect(!isHit("a", 999) && !isHit("a", 1101) && !isHit("c", 1001) && !isHit("d", 1001))
        #expect(hits([list], []) == [false])
        let skip = BehaviourEvent(item: "a", kind: .skip, time: 1001)
        #expect(hits([list], [skip]) == [false])
    }

    @Test func `an event counts once, for the latest list that showed its item`() {
        let lists = [
            shown(1050, ["a"]), shown(1000, ["a", "a"]),
            shown(1060, ["b"]),
        ]
        #expect(hits(lists, [click(1070, "a")]) == [false, true, false])
        #expect(hits(lists, [click(1040, "a")]) == [true, false, false])
        let twice = [click(1070, "b"), click(1071, "b")]
        #expect(hits(lists, twice) == [false, false, true])
    }

    @Test func `lists outside the period and those that are still open do not count`() {
        let lists = (0..<5).map { shown(1000 + 100 * Int64($0), ["a"]) }
        #expect(hits(lists, [], in: 1100..<1300).count == 2)
        #expect(hits(lists, [], at: 1300).count == 2)
        // A list outside the period still has its claim to an event.
        #expect(
            hits(lists, [click(1120, "a")], in: 1000..<1100) == [false])
    }

    @Test func `times at the ends of their range are no trap`() {
        let lists = [shown(.min, ["a"]), shown(.max, ["b"])]
        let events = [click(.max, "a"), click(.min, "b"), click(.max, "b")]
        #expect(hits(lists, events, in: .min ..< .max, at: .max) == [false])
        #expect(hits(lists, events, in: .min ..< .max, at: .min) == [])
    }

    @Test func `groups follow the order of the list`() {
        let lists = [shown(0, ["x", "a", "b"])]
        let outcomes = attribution.outcomes(
            in: PersonalHistory(impressions: lists), shownIn: 0..<1, at: 1000
        ) {
            $0 == "x" ? nil : 3
        }
        #expect(outcomes == [RankingTelemetry.ShownList(isHit: false, groups: [-1, 3])])
    }
}
