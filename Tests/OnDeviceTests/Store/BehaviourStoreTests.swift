import Foundation
import Sodium
import Testing

@testable import OnDevice

struct BehaviourStoreTests {
    let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `what was appended is there after reopening, oldest first`(seed: UInt64) throws {
        let events = randomEvents(2500, seed: seed)
        var random = SeededRandomness(seed: seed, label: "order")
        try fixture.open().append(events.shuffled(using: &random))
        #expect(try fixture.open().events == events)
    }

    @Test func `events of the same second keep the order in which they came`() throws {
        let events = (0..<100).map { BehaviourEvent(item: "\($0)", kind: .view, time: 7) }
        let store = try fixture.open(retention: Retention(age: .max, count: 1000))
        try store.append(events)
        try store.append(BehaviourEvent(item: "early", kind: .view, time: 6))
        #expect(try store.events.dropFirst() == events[...])
    }

    @Test(arguments: [
        BehaviourEvent(item: "", kind: .view, time: 0),
        BehaviourEvent(item: String(repeating: "é", count: 129), kind: .view, time: 0),
        BehaviourEvent(item: "a", kind: .rating, time: 0, value: .nan),
        BehaviourEvent(item: "a", kind: .view, time: 0, context: .init(hour: 24, weekday: 1)),
        BehaviourEvent(item: "a", kind: .view, time: 0, context: .init(hour: 0, weekday: 0)),
        BehaviourEvent(
            item: "a", kind: .view, time: 0,
            context: .init(hour: 0, weekday: 1, sessionPosition: -1)),
    ])
    func `an event out of range is refused and nothing is stored`(event: BehaviourEvent) throws {
        let store = try fixture.open()
        let good = BehaviourEvent(item: "good", kind: .view, time: 1_999_999_999)
        #expect(throws: BehaviourStoreError.self) { try store.append([good, event]) }
        #expect(try store.events == [])
    }

    @Test func `impressions keep items, propensities and model`() throws {
        let impression = Impression(
            time: 1_999_999_999, items: ["a", "b"], propensities: [0.25, 1e-9], model: "v7")
        let store = try fixture.open()
        try store.append(impression)
        for bad in [[0.5], [0.5, 0], [0.5, 1.5], [0.5, .nan]] {
            var wrong = impression
            wrong.propensities = bad
            #expect(throws: BehaviourStoreError.self) { try store.append(wrong) }
        }
        #expect(try store.impressions == [impression])
    }

    @Test func `answers and documents are written over and taken back`() throws {
        let store = try fixture.open()
        #expect(try store.answer("genres") == nil)
        try store.setAnswer(["drama", "film noir"], to: "genres")
        try store.setAnswer([], to: "languages")
        try store.setAnswer(["comedy"], to: "genres")
        try store.setDocument("participation", [1, 2, 3])
        try store.setDocument("participation", [UInt8](repeating: 9, count: 100_000))
        try store.setDocument("other", [])
        #expect(try store.answer("genres") == ["comedy"])
        #expect(try store.answer("languages") == [])
        #expect(try store.document("participation")?.count == 100_000)
        try store.setAnswer(nil, to: "genres")
        try store.setDocument("participation", nil)
        #expect(try store.answer("genres") == nil)
        #expect(try store.answer("languages") == [])
        #expect(try store.document("participation") == nil)
        #expect(try store.document("other") == [])
    }

    @Test func `the export holds everything under its documented keys`() throws {
        let store = try fixture.open()
        let events = randomEvents(20, seed: 4)
        let impression = Impression(
            time: 1_999_999_999, items: ["a"], propensities: [1], model: "v7")
        try store.append(events)
        try store.append(impression)
        try store.setAnswer(["drama"], to: "genres")
        try store.setDocument("note", [1, 2])
        let data = try store.export()
        let export = try JSONDecoder().decode(StoreExport.self, from: data)
        #expect(
            export
                == StoreExport(
                    events: events, impressions: [impression], answers: ["genres": ["drama"]],
                    documents: ["note": Data([1, 2])]))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            Set(object.keys) == ["format", "events", "impressions", "answers", "documents"])
    }

    @Test func `a second opening is refused while the first lasts`() throws {
        var first: BehaviourStore? = try fixture.open()
        #expect(throws: BehaviourStoreError.inUse(path: fixture.path)) { try fixture.open() }
        try first?.append(randomEvents(1, seed: 5))
        first = nil
        #expect(try fixture.open().events.count == 1)
    }

    @Test func `many threads append at once and nothing is lost`() async throws {
        let store = try fixture.open()
        try await withThrowingTaskGroup { group in
            for thread in 0..<8 {
                group.addTask {
                    for number in 0..<10 {
                        let time = 1_999_000_000 + Int64(number)
                        try store.append(
                            BehaviourEvent(item: "\(thread)-\(number)", kind: .play, time: time))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(Set(try store.events.map(\.item)).count == 80)
        #expect(try store.checkIntegrity().isSound)
    }
}
