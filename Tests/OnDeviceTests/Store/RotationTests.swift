import Foundation
import Sodium
import Synchronization
import Testing

@testable import OnDevice

/// Every moment of a change of master keys, as a crash would leave it.
struct RotationTests {
    /// Keys in memory that look at the disk whenever they change, and can refuse to.
    private final class ObservedKeys: MasterKeyProvider {
        struct Refusal: Error {}

        struct State {
            var keys: [SecretBytes] = []
            /// How many changes are still allowed.
            var allowed = Int.max
            /// How often the keys can still be read.
            var readable = Int.max
            /// Whether a change that is refused happens all the same.
            var changesThenRefuses = false
            /// The files and keys before and after each change.
            var moments: [(files: [String: Data], keys: [SecretBytes])] = []
        }

        let state = Mutex(State())
        let fixture: StoreFixture

        init(_ fixture: StoreFixture) { self.fixture = fixture }

        var held: [SecretBytes] { state.withLock { $0.keys } }

        func masterKeys() throws -> [SecretBytes] {
            try state.withLock { state in
                if state.readable == 0 { throw Refusal() }
                state.readable -= 1
                return state.keys
            }
        }

        func replaceMasterKeys(with keys: [SecretBytes]) throws {
            let files = try fixture.files()
            try state.withLock { state in
                if state.allowed == 0 {
                    if state.changesThenRefuses { state.keys = keys }
                    throw Refusal()
                }
                state.allowed -= 1
                state.moments.append((files, state.keys))
                state.keys = keys
                state.moments.append((files, keys))
            }
        }
    }

    private let events = randomEvents(1500, seed: 1)
    private var survivors: [BehaviourEvent] { events.filter { $0.item != "item-7" } }

    private func store(_ keys: ObservedKeys) throws -> BehaviourStore {
        try BehaviourStore(path: keys.fixture.path, keys: keys, now: { 2_000_000_000 })
    }

    @Test func `at every moment of a deletion the store opens, with or without the item`() throws {
        let keys = ObservedKeys(try StoreFixture())
        let store = try store(keys)
        try store.append(events)
        keys.state.withLock { $0.moments = [] }
        try store.delete(item: "item-7")

        let moments = keys.state.withLock { $0.moments }
        #expect(moments.map(\.keys.count) == [1, 2, 2, 1])
        var found: [Bool] = []
        for moment in moments {
            let copy = ObservedKeys(try StoreFixture())
            for (name, content) in moment.files { try copy.fixture.write(name, content) }
            copy.state.withLock { $0.keys = moment.keys }
            let reopened = try self.store(copy)
            let content = try reopened.events
            #expect(content == events || content == survivors)
            found.append(content == survivors)
            #expect(copy.held.count == 1)
            // It goes on as if nothing had been.
            try reopened.delete(item: "item-7")
            #expect(try reopened.events == survivors)
        }
        #expect(found == [false, false, true, true])
    }

    @Test(arguments: [0, 1], [false, true])
    func `a key chain that refuses costs nothing`(allowed: Int, changes: Bool) throws {
        let keys = ObservedKeys(try StoreFixture())
        let store = try store(keys)
        try store.append(events)
        keys.state.withLock {
            $0.allowed = allowed
            $0.changesThenRefuses = changes
        }
        #expect(throws: ObservedKeys.Refusal.self) { try store.delete(item: "item-7") }
        let expected = allowed == 0 ? events : survivors
        #expect(try store.events == expected)
        keys.state.withLock { $0.allowed = .max }
        let late = BehaviourEvent(item: "item-7", kind: .play, time: 1_999_999_999)
        try store.append(late)
        #expect(try store.events == expected + [late])
        try store.delete(item: "item-7")
        #expect(try store.events == survivors)
        #expect(keys.held.count == 1)
    }

    @Test func `keys that cannot be read after a change cost nothing that is written next`() throws
    {
        let keys = ObservedKeys(try StoreFixture())
        var store: BehaviourStore? = try self.store(keys)
        try store?.append(events)
        keys.state.withLock { $0.readable = 1 }
        #expect(throws: ObservedKeys.Refusal.self) { try store?.delete(item: "item-7") }
        // The keys are not needed for this.
        let late = BehaviourEvent(item: "late", kind: .play, time: 1_999_999_999)
        try store?.append(late)
        store = nil
        keys.state.withLock { $0.readable = .max }
        #expect(try self.store(keys).events == survivors + [late])
        #expect(keys.held.count == 1)
    }

    @Test func `a deletion that failed half-way succeeds only once the old key is gone`() throws {
        let keys = ObservedKeys(try StoreFixture())
        let store = try store(keys)
        let hundredth = 1_900_006_000 + Retention.default.age
        let deletions: [(BehaviourStore) throws -> Void] = [
            { try $0.delete(item: "item-7") }, { try $0.setDocument("notes", nil) },
            { try $0.setAnswer(["new"], to: "question") },
            { try $0.applyRetention(now: hundredth) },
        ]
        for (number, deletion) in deletions.enumerated() {
            try store.append(events)
            try store.setDocument("notes", [1])
            try store.setAnswer(["old"], to: "question")
            keys.state.withLock { $0.allowed = 1 }
            for _ in 0..<2 {
                #expect(throws: ObservedKeys.Refusal.self, "\(number)") { try deletion(store) }
                #expect(keys.held.count == 2)
            }
            #expect(throws: ObservedKeys.Refusal.self) { try store.deleteDamagedRecords() }
            keys.state.withLock { $0.allowed = .max }
            try deletion(store)
            #expect(keys.held.count == 1)
        }
    }

    @Test func `a key file is replaced as a whole and its former bytes are overwritten`() throws {
        let fixture = try StoreFixture()
        #expect(try fixture.keys.masterKeys().isEmpty)
        let old = [UInt8](1...32)
        try fixture.keys.replaceMasterKeys(with: [SecretBytes(old)])
        // A second name keeps the former file from vanishing.
        try FileManager.default.linkItem(
            atPath: fixture.keyPath, toPath: fixture.folder + "/former")
        try fixture.write("behaviour.key.next", Data(old))
        let new = SecretBytes([UInt8](repeating: 5, count: 32))
        try fixture.keys.replaceMasterKeys(with: [new])
        #expect(try fixture.filesThatHold(old) == [])
        #expect(Set(try fixture.files().keys) == ["behaviour.key", "former"])
        let held = try fixture.keys.masterKeys()
        #expect(held.count == 1 && SecretBytes.constantTimeEqual(held[0], new))
        let attributes = try FileManager.default.attributesOfItem(atPath: fixture.keyPath)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
}
