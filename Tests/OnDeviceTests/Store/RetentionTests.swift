import Foundation
import Testing

@testable import OnDevice

struct RetentionTests {
    let fixture: StoreFixture
    private let day: Int64 = 86_400

    init() throws { fixture = try StoreFixture() }

    private func event(_ number: Int, time: Int64) -> BehaviourEvent {
        BehaviourEvent(item: "item-\(number)", kind: .view, time: time)
    }

    @Test func `the count is never exceeded and the latest stay`() throws {
        let store = try fixture.open(retention: Retention(age: .max, count: 100))
        for number in 0..<250 {
            try store.append(event(number, time: Int64(number)))
            let kept = try store.events
            #expect(kept.count <= 100 && kept.count >= min(number + 1, 98))
            #expect(kept.last?.item == "item-\(number)")
        }
    }

    @Test func `the oldest by time go, whenever they came`() throws {
        let store = try fixture.open(retention: Retention(age: .max, count: 100))
        try store.append((0..<100).map { event($0, time: 1000 - Int64($0)) })
        try store.append(event(100, time: 5000))
        let kept = Set(try store.events.map(\.item))
        #expect(kept.isSuperset(of: (0..<90).map { "item-\($0)" } + ["item-100"]))
        #expect(!kept.contains("item-99"))
    }

    @Test func `a batch beyond the count keeps its latest`() throws {
        let store = try fixture.open(retention: Retention(age: .max, count: 100))
        try store.append((0..<500).map { event($0, time: Int64($0)) }.reversed())
        #expect(try store.events.map(\.time) == Array(400..<500))
    }

    @Test func `what is too old goes with an append once a day, and its keys`() throws {
        let start: Int64 = 1_900_000_000
        let retention = Retention(age: 10 * day, count: 1000)
        try fixture.open(retention: retention, now: start).append(event(0, time: start))
        let key = try fixture.files()["behaviour.key"]
        // Within a day nothing is looked at; a day later there is nothing old enough.
        for later in [day / 2, 2 * day] {
            try fixture.open(retention: retention, now: start + later)
                .append(event(1, time: start + later))
            #expect(try fixture.files()["behaviour.key"] == key)
        }
        // After a pause, on the second day.
        for later in [10 * day + 1, 11 * day + 1] {
            try fixture.open(retention: retention, now: start + later)
                .append(event(2, time: start + later))
        }
        #expect(
            try fixture.open().events.map(\.time)
                == [2 * day, 10 * day + 1, 11 * day + 1].map { start + $0 })
        #expect(try fixture.files()["behaviour.key"] != key)
    }

    @Test func `a clock that was once ahead does not end the retention by age`() throws {
        let start: Int64 = 1_900_000_000
        let retention = Retention(age: 10 * day, count: 1000)
        try fixture.open(retention: retention, now: start + 3650 * day)
            .append(event(0, time: start))
        for later in [20 * day, 21 * day] {
            try fixture.open(retention: retention, now: start + later)
                .append(event(1, time: start + later))
        }
        #expect(try fixture.open().events.map(\.item) == ["item-1", "item-1"])
    }

    @Test func `a clock that is years ahead for an hour erases nothing`() throws {
        let start: Int64 = 1_900_000_000
        for later in [0, 730 * day, 730 * day + 3600, 1] {
            try fixture.open(now: start + later).append(event(0, time: start + later))
        }
        #expect(try fixture.open().events.count == 4)
    }

    @Test func `older events that come late never drive out newer ones`() throws {
        let store = try fixture.open(retention: Retention(age: .max, count: 100))
        try store.append((0..<95).map { event($0, time: 1000 + Int64($0)) })
        try store.append((0..<50).map { event($0, time: Int64($0)) })
        #expect(try store.events.map(\.time) == Array(45..<50) + Array(1000..<1095))
        // Old and new ones mixed: two more than must go, of those that were there.
        try store.append((0..<50).map { event($0, time: 900 + Int64($0) * 4) })
        let all = Array(45..<50) + Array(1000..<1095) + (0..<50).map { 900 + Int64($0) * 4 }
        let kept = try store.events.map(\.time)
        #expect(kept.count <= 100 && kept.count >= 98)
        #expect(Array(all.sorted().suffix(98)) == Array(kept.suffix(98)))
    }

    @Test func `a batch that cannot be stored erases nothing`() throws {
        let retention = Retention(age: .max, count: 100)
        try fixture.open(retention: retention).append(
            (0..<100).map { event($0, time: Int64($0)) })
        try fixture.execute(
            """
            CREATE TRIGGER refusal BEFORE INSERT ON event WHEN NEW.id > 105
            BEGIN SELECT RAISE(ABORT, 'full'); END
            """)
        let store = try fixture.open(retention: retention)
        #expect(throws: BehaviourStoreError.self) {
            try store.append((0..<20).map { event($0, time: 1000 + Int64($0)) })
        }
        #expect(try store.events.map(\.time) == Array(0..<100))
    }

    @Test func `limits applied by hand hold exactly, for impressions too`() throws {
        let store = try fixture.open()
        for number in 0..<10 {
            let time = 1_999_999_000 + Int64(number)
            try store.append(event(number, time: time))
            try store.append(
                Impression(time: time, items: ["a"], propensities: [1], model: "m"))
        }
        try store.applyRetention(now: 1_999_999_004 + Retention.default.age)
        #expect(try store.events.map(\.time) == Array(1_999_999_004...1_999_999_009))
        #expect(try store.impressions.map(\.time) == Array(1_999_999_004...1_999_999_009))
    }
}
