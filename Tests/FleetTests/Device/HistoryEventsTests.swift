@testable import Fleet
import OnDevice
import Recommender
import RoundFixtures
import Sodium
import Testing

struct HistoryEventsTests {
    private let catalogue = Catalogue(items: ["a", "b", "c"].map { Catalogue.Item(id: $0) })
    private let history = [
        Interaction(item: 2, timestamp: 5, rating: 3.5, context: 23),
        Interaction(item: 0, timestamp: 5), Interaction(item: 1, timestamp: 9, rating: -0.1),
    ]

    @Test func `a history comes out of a store as it went in`() throws {
        let folder = try ScratchFolder()
        let events = HistoryEvents(catalogue: catalogue)
        let store = DeviceStore(path: folder.path("device"))
        let seed = SecretBytes([UInt8](repeating: 4, count: 32))
        let identity = try store.prepare(identity: { seed }, history: history, events: events)
        #expect(events.history(from: try store.open().events) == history)
        // The second time, nothing is added and the key is the same.
        let again = try store.prepare(
            identity: { SecretBytes([UInt8](repeating: 5, count: 32)) }, history: history,
            events: events)
        #expect(again.publicKey == identity.publicKey)
        #expect(events.history(from: try store.open().events) == history)
    }

    @Test func `private parameters are kept bit for bit`() throws {
        let folder = try ScratchFolder()
        let store = try DeviceStore(path: folder.path("device")).open()
        let parameters: [Float] = [0, -0.0, 1.5, .leastNonzeroMagnitude, -.greatestFiniteMagnitude]
        #expect(try store.privateParameters(of: "films") == nil)
        try store.setPrivateParameters(parameters, of: "films")
        let found = try #require(try store.privateParameters(of: "films"))
        #expect(found.map(\.bitPattern) == parameters.map(\.bitPattern))
        #expect(try store.privateParameters(of: "books") == nil)
    }

    @Test func `items that the catalogue lacks are left out`() {
        let events = HistoryEvents(catalogue: catalogue)
        let history = events.history(from: [BehaviourEvent(item: "z", kind: .play, time: 1)])
        #expect(history.isEmpty)
    }
}
