import Foundation
import Sodium
import Testing

@testable import OnDevice

/// Deletion is the destruction of keys; these tests look at the raw bytes of the files.
struct ErasureTests {
    let fixture: StoreFixture
    private let secret = "the-film-nobody-may-know-of"
    private let secretTime: Int64 = 0x1122_3344_5566

    init() throws { fixture = try StoreFixture() }

    private var secretEvent: BehaviourEvent {
        BehaviourEvent(
            item: secret, kind: .purchase, time: secretTime,
            context: EventContext(hour: 1, weekday: 1, device: "secret-device"))
    }

    private func fill() throws -> [BehaviourEvent] {
        let others = randomEvents(3000, seed: 1)
        let store = try fixture.open(now: secretTime)
        try store.append(others)
        try store.append(secretEvent)
        try store.append(
            Impression(
                time: secretTime, items: [secret, "item-1"], propensities: [1, 1],
                model: "secret-model"))
        try store.setAnswer(["secret-answer"], to: "secret-question")
        try store.setDocument("secret-document", [UInt8]("secret-content".utf8))
        return others
    }

    /// The raw keys of all epochs, and the master key, of the closed store.
    private func rawKeys() throws -> (master: [UInt8], epochs: [[UInt8]]) {
        let master = try #require(try fixture.keys.masterKeys().first)
        let epochs = try fixture.blobs("SELECT wrapped FROM epoch ORDER BY id").enumerated().map {
            let place = RecordSealing.Place.epochKey(Int64($0 + 1))
            return try RecordSealing.open($1, key: master, place: place).copy(0..<32)
        }
        return (master.copy(0..<32), epochs)
    }

    @Test func `no plaintext and no bare key is ever in a file`() throws {
        let store = try fixture.open(now: secretTime)
        try store.append(secretEvent)
        let texts = [
            secret, "secret", "item-1", "purchase", "secret-device", "secret-model",
            "secret-answer", "secret-question", "secret-document", "secret-content",
        ]
        for text in texts { #expect(try fixture.filesThatHold(text.utf8) == [], "\(text)") }
        withExtendedLifetime(store) {}
    }

    @Test func `a closed store shows neither texts nor times nor keys`() throws {
        _ = try fill()
        let texts = [secret, "secret", "item-1", "view", "phone"]
        for text in texts { #expect(try fixture.filesThatHold(text.utf8) == [], "\(text)") }
        for time in [secretTime.littleEndian, secretTime.bigEndian] {
            let bytes = withUnsafeBytes(of: time) { [UInt8]($0).filter { $0 != 0 } }
            #expect(try fixture.filesThatHold(bytes) == [])
        }
        let raw = try rawKeys()
        for key in raw.epochs { #expect(try fixture.filesThatHold(key) == []) }
        #expect(try fixture.filesThatHold(raw.master) == ["behaviour.key"])
    }

    @Test func `a deleted item leaves no trace in any file`() throws {
        let others = try fill()
        let raw = try rawKeys()
        let wrapped = try fixture.blobs("SELECT wrapped FROM epoch")
        let sealed = try fixture.blobs(
            "SELECT sealed FROM event WHERE epoch = (SELECT max(epoch) FROM event) "
                + "UNION SELECT sealed FROM impression")
        #expect(try sealed.allSatisfy { try fixture.filesThatHold($0) == ["behaviour.db"] })

        let store = try fixture.open(now: secretTime)
        try store.delete(item: secret)
        // While it is open, its log is there as well.
        let gone = [raw.master] + raw.epochs + wrapped + sealed
        for bytes in gone { #expect(try fixture.filesThatHold(bytes) == []) }
        #expect(try store.events == others)
        #expect(try store.impressions == [])
        #expect(try store.answer("secret-question") == ["secret-answer"])
        #expect(try store.checkIntegrity().isSound)
    }

    @Test func `keys from after a deletion do not open a copy from before it`() throws {
        _ = try fill()
        let copy = try fixture.copy()
        #expect(try copy.open().events.contains(secretEvent))
        try fixture.open(now: secretTime).delete(from: secretTime, to: secretTime + 1)
        try copy.write("behaviour.key", try #require(try fixture.files()["behaviour.key"]))
        #expect(throws: BehaviourStoreError.wrongKey(path: copy.path)) { try copy.open() }

        // Nor does any old wrapped key open under the new master key.
        let master = try #require(try fixture.keys.masterKeys().first)
        let former = try copy.blobs("SELECT wrapped FROM epoch ORDER BY id")
        for (wrapped, epoch) in zip(former, 1...) {
            #expect(throws: SodiumError.forgery) {
                _ = try RecordSealing.open(wrapped, key: master, place: .epochKey(Int64(epoch)))
            }
        }
    }

    @Test func `records that shared a deleted one's epoch have a key of their own`() throws {
        _ = try fill()
        let before = try rawKeys()
        try fixture.open(now: secretTime).delete(item: secret)
        let master = try #require(try fixture.keys.masterKeys().first)
        let touched = try fixture.blobs("SELECT wrapped FROM epoch WHERE id = 4")
        let key = try RecordSealing.open(
            try #require(touched.first), key: master, place: .epochKey(4)
        ).copy(0..<32)
        #expect(!before.epochs.contains(key))
        // The two untouched epochs keep their keys, under the new master key.
        for epoch in [Int64(1), 2] {
            let wrapped = try fixture.blobs("SELECT wrapped FROM epoch WHERE id = \(epoch)")
            let kept = try RecordSealing.open(
                try #require(wrapped.first), key: master, place: .epochKey(epoch)
            ).copy(0..<32)
            #expect(kept == before.epochs[Int(epoch) - 1])
        }
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>)
    func `deletions leave exactly what they do not name`(seed: UInt64) throws {
        var random = SeededRandomness(seed: seed, label: "deletions")
        var expected = randomEvents(2000, seed: seed)
        let store = try fixture.open()
        try store.append(expected)
        for _ in 0..<6 {
            if Bool.random(using: &random) {
                let item = "item-\(Int.random(in: 0..<60, using: &random))"
                try store.delete(item: item)
                expected.removeAll { $0.item == item }
            } else {
                let start = 1_900_000_000 + Int64.random(in: 0..<120_000, using: &random)
                let end = start + Int64.random(in: -10..<20_000, using: &random)
                try store.delete(from: start, to: end)
                expected.removeAll { start <= $0.time && $0.time < end }
            }
            let event = BehaviourEvent(
                item: "item-\(Int.random(in: 0..<60, using: &random))", kind: .play,
                time: 1_999_999_999)
            try store.append(event)
            expected.append(event)
            #expect(try store.events == expected, "seed \(seed)")
        }
        #expect(try store.checkIntegrity().isSound)
    }

    @Test func `deleting what is not there changes nothing`() throws {
        let others = try fill()
        let before = try fixture.files()
        let store = try fixture.open(now: secretTime)
        try store.delete(item: "never seen")
        try store.delete(from: 5, to: 4)
        #expect(try fixture.files()["behaviour.key"] == before["behaviour.key"])
        #expect(try store.events == others + [secretEvent])
    }

    @Test func `a replaced answer is erased`() throws {
        _ = try fill()
        let former = try fixture.blobs("SELECT sealed FROM answer")
        let raw = try rawKeys()
        let store = try fixture.open(now: secretTime)
        try store.setAnswer(["another"], to: "secret-question")
        for bytes in former + [raw.master] { #expect(try fixture.filesThatHold(bytes) == []) }
        #expect(try store.answer("secret-question") == ["another"])
        #expect(try store.document("secret-document") == [UInt8]("secret-content".utf8))
    }

    @Test func `a document is erased with all its former versions`() throws {
        var store: BehaviourStore? = try fixture.open()
        try store?.setDocument("record", [1])
        store = nil
        let former = try rawKeys().epochs
        store = try fixture.open()
        try store?.append(randomEvents(1500, seed: 1))
        try store?.setDocument("record", [2])
        try store?.setDocument("record", nil)
        store = nil
        // The key that sealed the first version, and every copy of it, is gone.
        #expect(former.count == 1)
        let master = try #require(try fixture.keys.masterKeys().first)
        for epoch in try fixture.blobs("SELECT CAST(id AS TEXT) FROM epoch") {
            let epoch = try #require(Int64(String(decoding: epoch, as: UTF8.self)))
            let wrapped = try fixture.blobs("SELECT wrapped FROM epoch WHERE id = \(epoch)")
            let key = try RecordSealing.open(
                try #require(wrapped.first), key: master, place: .epochKey(epoch))
            #expect(key.copy(0..<32) != former[0])
        }
    }

    @Test func `deleting everything leaves an empty store that works`() throws {
        _ = try fill()
        let raw = try rawKeys()
        let sealed = try fixture.blobs(
            "SELECT sealed FROM event UNION ALL SELECT sealed FROM document "
                + "UNION ALL SELECT wrapped FROM epoch")
        let full = try #require(try fixture.files()["behaviour.db"]).count
        var store: BehaviourStore? = try fixture.open(now: secretTime)
        try store?.deleteEverything()
        let files = try fixture.files()
        for bytes in [raw.master] + raw.epochs + sealed {
            for (name, content) in files {
                #expect(content.range(of: Data(bytes)) == nil, "\(name)")
            }
        }
        #expect(try store?.events == [] && store?.impressions == [])
        #expect(try store?.answer("secret-question") == nil)
        #expect(try store?.document("secret-document") == nil)
        try store?.append(secretEvent)
        store = nil
        #expect(try fixture.open(now: secretTime).events == [secretEvent])
        #expect(try #require(try fixture.files()["behaviour.db"]).count < full / 5)
    }

    @Test func `erasing everything keeps what was spent of the privacy, under a new key`() throws {
        let fixture = try StoreFixture()
        var store: BehaviourStore? = try fixture.open()
        try store?.append(RankerFixture.event(1))
        try store?.setDocument("participation account", [1, 2, 3])
        try store?.setDocument("participation choices", [6])
        try store?.setDocument("notes", [4, 5])
        try store?.deleteEverything()
        store = nil
        let reopened = try fixture.open()
        #expect(try reopened.document("participation account") == [1, 2, 3])
        #expect(try reopened.document("participation choices") == [6])
        #expect(try reopened.document("notes") == nil)
        #expect(try reopened.events == [])
        #expect(try reopened.checkIntegrity().isSound)
    }

    /// Documents 1 to 3 are account, choices and notes; each is damaged in turn.
    @Test(arguments: [1, 2, 3], [false, true])
    func `a damaged document costs no account, and a lost one is not begun anew`(
        row: Int, everything: Bool
    ) throws {
        let fixture = try StoreFixture()
        var store: BehaviourStore? = try fixture.open()
        try store?.setDocument("participation account", [1])
        try store?.setDocument("participation choices", [2])
        try store?.setDocument("notes", [3])
        store = nil
        try fixture.execute("UPDATE document SET sealed = zeroblob(72) WHERE id = \(row)")
        store = try fixture.open()
        for _ in 0..<2 {
            // What is left in the place of a lost account stays there.
            if everything {
                try store?.deleteEverything()
            } else {
                _ = try store?.deleteDamagedRecords()
            }
            #expect(try store?.document("participation account") == (row == 1 ? [] : [1]))
            #expect(try store?.document("participation choices") == (row == 2 ? nil : [2]))
        }
        #expect(try store?.document("notes") == (everything || row == 3 ? nil : [3]))
        store = nil
        try fixture.execute("UPDATE document SET sealed = zeroblob(72) WHERE id = 2")
        _ = try fixture.open().deleteDamagedRecords()
        let names = try fixture.open().export()
        #expect(
            String(decoding: names, as: UTF8.self)
                .components(separatedBy: "participation account").count == 2)
    }

    @Test func `an item is deleted from what was picked as well`() throws {
        let fixture = try StoreFixture()
        let store = try fixture.open()
        try PersonalHistory(pickedItems: ["a", "b"], pickedCategories: ["a"]).savePicks(in: store)
        let key = try fixture.files()["behaviour.key"]
        try store.delete(item: "a")
        let left = try PersonalHistory(in: store)
        #expect(left.pickedItems == ["b"] && left.pickedCategories == ["a"])
        #expect(try fixture.files()["behaviour.key"] != key)
    }
}
