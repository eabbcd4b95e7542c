import Foundation
import Testing
import VectorKernels

@testable import OnDevice
@testable import Recommender

struct DeviceRankerTests {
    private let model: PublishedModel
    private let noon = EventContext(hour: 12, weekday: 3)

    init() throws { model = try RankerFixture.model(RankerFixture.recency()) }

    private func ranker(
        _ events: [BehaviourEvent] = [], options: RankingOptions = RankingOptions()
    ) -> DeviceRanker {
        DeviceRanker(model: model, history: PersonalHistory(events: events), options: options)
    }

    @Test func `before anything is known, what is popular comes first`() throws {
        let list = try ranker(options: .plain).rank(limit: 5, context: noon)
        #expect(list.items.map(\.item) == [0, 1, 2, 3, 4])
        #expect(list.items[0].title == "Title 0")
        #expect(list.model == "movies release 1")
    }

    @Test func `an event changes the next list, and taking it back changes it back`() throws {
        let ranker = ranker(options: .plain)
        let before = try ranker.rank(limit: 90, context: noon)
        try ranker.record(RankerFixture.event(31))
        let after = try ranker.rank(limit: 90, context: noon)
        #expect(!after.items.contains { $0.item == 31 })
        #expect(after.items.prefix(10).count { $0.item % 3 == 1 } >= 8)
        ranker.restart(with: PersonalHistory())
        #expect(try ranker.rank(limit: 90, context: noon).items == before.items)
    }

    @Test func `what was hidden does not come again, what was skipped may`() throws {
        let ranker = ranker([RankerFixture.event(5, .hide), RankerFixture.event(6, .skip)])
        let items = try ranker.rank(limit: 90, context: noon).items.map(\.item)
        #expect(!items.contains(5))
        #expect(items.contains(6))
        #expect(items.count == 89)
    }

    @Test(arguments: [true, false])
    func `every score is the sum of its explanation`(isRidge: Bool) throws {
        let model = try RankerFixture.model(
            isRidge ? RankerFixture.ridge() : RankerFixture.recency(), precision: .int8)
        var history = PersonalHistory(
            events: RankerFixture.events(300, items: 90, seed: 8), pickedItems: ["item-3"],
            pickedCategories: ["Drama"])
        history.impressions = [
            Impression(
                time: 0, items: ["item-8", "item-9"], propensities: [1, 1], model: "movies")
        ]
        var options = RankingOptions(seen: [])
        options.reranker.diversity = .determinantal()
        options.reranker.exposure = ExposureDebiasing(strength: 1)
        let list = try DeviceRanker(model: model, history: history, options: options).rank(
            limit: 60,
            context: EventContext(hour: 20, weekday: 6, device: "phone", sessionPosition: 2))
        #expect(list.items.count > 50)
        for position in list.items.indices {
            let explanation = try #require(list.explanation(at: position))
            #expect(explanation.score == list.items[position].score)
            let largest = explanation.parts.reduce(1) { max($0, abs($1.amount)) }
            let sum = explanation.parts.reduce(0) { $0 + $1.amount }
            #expect(abs(sum - explanation.score) < 1e-9 * largest)
            let habits = explanation.parts.count {
                if case .habit = $0.source { true } else { false }
            }
            #expect(habits == 4)
        }
        #expect(list.explanation(at: list.items.count) == nil)
        #expect(list.explanation(at: -1) == nil)
    }

    @Test func `an explanation holds for the list it was asked of, whatever came after`() throws {
        let ranker = ranker([RankerFixture.event(1)])
        let list = try ranker.rank(limit: 3, context: noon)
        let before = list.explanation(at: 0)?.parts
        try ranker.record(RankerFixture.event(2))
        #expect(list.explanation(at: 0)?.parts == before)
    }

    @Test func `picks decide before there is a history`() throws {
        let ranker = ranker(options: .plain)
        try ranker.pick(categories: ["Thriller"])
        let thrillers = try ranker.rank(limit: 10, context: noon).items
        #expect(thrillers.allSatisfy { $0.item % 3 == 2 })
        try ranker.pick(items: ["item-30", "item-33"])
        let comedies = try ranker.rank(limit: 10, context: noon).items
        #expect(comedies.count { $0.item % 3 == 0 } >= 8)
        try ranker.pick()
        #expect(try ranker.rank(limit: 3, context: noon).items.map(\.item) == [0, 1, 2])
    }

    @Test func `habits of an hour raise what belongs to them`() throws {
        let evening = EventContext(hour: 21, weekday: 2)
        let morning = EventContext(hour: 8, weekday: 2)
        var events: [BehaviourEvent] = []
        for turn in 0..<30 {
            events.append(RankerFixture.event(3 * (turn % 9), context: evening))
            events.append(RankerFixture.event(1 + 3 * (turn % 9), context: morning))
        }
        var options = RankingOptions.scoresOnly
        options.context = ContextWeights(hour: 1, weekday: 0, device: 0, session: 0)
        let ranker = ranker(events, options: options)
        func score(_ item: Int, _ context: EventContext) throws -> Double {
            try #require(
                ranker.rank(limit: 90, context: context).items.first { $0.item == item }
            ).score
        }
        // Half of all choices are comedies, in the evening nearly all of them.
        #expect(try score(60, evening) > score(60, morning) + 0.5)
        #expect(try score(61, morning) > score(61, evening) + 0.5)
        // Nothing is known of the night.
        let night = EventContext(hour: 2, weekday: 2)
        #expect(try score(60, night) == score(60, EventContext(hour: 3, weekday: 7)))
    }

    @Test func `filters keep to categories and to what is available`() throws {
        let ranker = ranker([RankerFixture.event(0)])
        func items(_ filter: RankingFilter) throws -> Set<Int> {
            Set(try ranker.rank(limit: 90, context: noon, filter: filter).items.map(\.item))
        }
        #expect(
            try items(RankingFilter(categories: ["Drama", "Comedy"]))
                == Set((1..<90).filter { $0 % 3 != 2 }))
        #expect(
            try items(RankingFilter(excludedCategories: ["Drama"]))
                == Set((1..<90).filter { $0 % 3 != 1 }))
        var available = ItemBitmap(count: 90)
        for item in [0, 7, 8, 9] { available[item] = true }
        #expect(try items(RankingFilter(available: available)) == [7, 8, 9])
        #expect(
            try items(RankingFilter(categories: ["Comedy"], available: available)) == [9])
        #expect(try items(RankingFilter(categories: [])) == [])
        #expect(
            throws: RankingError.unknownCategory("Opera", known: RankerFixture.categories)
        ) {
            try items(RankingFilter(categories: ["Opera"]))
        }
        for limit in [0, -1, 1001] {
            #expect(throws: RankingError.limit(limit)) { try ranker.rank(limit: limit) }
        }
    }

    @Test func `what was shown without a choice sinks`() throws {
        let ranker = ranker()
        let first = try ranker.rank(limit: 5, context: noon)
        for _ in 0..<8 { try ranker.recordShown(first, at: 0) }
        let later = try ranker.rank(limit: 90, context: noon)
        let place = try #require(later.items.firstIndex { $0.item == first.items[0].item })
        #expect(place > 0)
        let adjustment = later.items[place].adjustments.first { $0.source == .exposure }
        #expect((adjustment?.amount ?? 0) < 0)
    }

    @Test func `exploration logs the chances it took`() throws {
        var options = RankingOptions.plain
        options.reranker.exploration = .epsilonGreedy(epsilon: 0.5)
        let ranker = ranker(options: options)
        var generator = SeededSequence(seed: 3)
        let list = try ranker.rank(limit: 30, context: noon, using: &generator)
        let explored = list.items.filter { $0.choice == .explored }
        #expect((5...25).contains(explored.count))
        #expect(explored.allSatisfy { $0.propensity < 0.02 })
        let impression = list.impression(at: 9)
        #expect(impression.propensities == list.items.map(\.propensity))
        #expect(impression.items == list.items.map(\.id))
    }

    @Test func `a store remembers, and forgets what is deleted`() throws {
        let fixture = try StoreFixture()
        let unknown: [Int]
        do {
            let ranker = try DeviceRanker(model: model, store: fixture.open(), options: .plain)
            unknown = try ranker.rank(limit: 90, context: noon).items.map(\.item)
            try ranker.pick(categories: ["Drama"])
            try ranker.record(RankerFixture.event(31))
            try ranker.recordShown(ranker.rank(limit: 3, context: noon), at: 5)
        }
        let store = try fixture.open()
        let ranker = try DeviceRanker(model: model, store: store, options: .plain)
        #expect(ranker.history.events == [RankerFixture.event(31)])
        #expect(ranker.history.impressions.count == 1)
        #expect(ranker.history.pickedCategories == ["Drama"])
        #expect(try ranker.rank(limit: 90, context: noon).items.map(\.item) != unknown)
        try store.deleteEverything()
        try ranker.reload()
        #expect(ranker.history == PersonalHistory())
        #expect(try ranker.rank(limit: 90, context: noon).items.map(\.item) == unknown)
    }

    @Test func `another model ranks the same history`() throws {
        let events = RankerFixture.events(50, items: 90, seed: 1)
        let ranker = ranker(events)
        let other = try RankerFixture.model(RankerFixture.ridge(60, seed: 5))
        ranker.use(other)
        let list = try ranker.rank(limit: 10, context: noon)
        #expect(
            list.items
                == (try DeviceRanker(model: other, history: PersonalHistory(events: events)).rank(
                    limit: 10, context: noon)).items)
    }

    @Test func `threads that record, pick, reload and rank do not disturb each other`() async throws
    {
        let fixture = try StoreFixture()
        let ranker = try DeviceRanker(model: model, store: fixture.open())
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for turn in 0..<25 {
                        try? ranker.record(RankerFixture.event((worker * 25 + turn) % 90, .view))
                        switch worker {
                        case 0: try? ranker.reload()
                        case 1: try? ranker.pick(categories: [RankerFixture.categories[turn % 3]])
                        default: _ = try? ranker.rank(limit: 5)
                        }
                    }
                }
            }
        }
        #expect(ranker.history.events.count == 100)
        let kept = ranker.history
        try ranker.reload()
        #expect(ranker.history == kept)
    }

    @Test func `an event that comes late takes its place by time`() throws {
        let events = (0..<6).map { RankerFixture.event($0, time: Int64($0)) }
        let late = ranker([0, 1, 3, 4, 5].map { events[$0] }, options: .plain)
        try late.record(events[2])
        let ordered = ranker(events, options: .plain)
        #expect(late.history == ordered.history)
        let expected = try ordered.rank(limit: 20, context: noon).items
        #expect(try late.rank(limit: 20, context: noon).items == expected)
    }
}
