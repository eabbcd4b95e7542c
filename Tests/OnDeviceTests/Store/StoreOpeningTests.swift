import Foundation
import GRDB
import Sodium
import Testing

@testable import OnDevice

/// Files that are not what they should be: each has its error, and stays as it is.
struct StoreOpeningTests {
    let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func fill(_ count: Int = 300) throws -> [BehaviourEvent] {
        let events = randomEvents(count, seed: 1)
        try fixture.open().append(events)
        return events
    }

    private func expectRefusal(_ error: BehaviourStoreError) throws {
        let before = try fixture.files()
        #expect(throws: error) { try fixture.open() }
        let after = try fixture.files()
        #expect(after["behaviour.db"] == before["behaviour.db"])
        #expect(after["behaviour.key"] == before["behaviour.key"])
    }

    @Test func `the files are their owner's alone`() throws {
        let store = try fixture.open()
        try store.append(randomEvents(1, seed: 1))
        #expect(
            Set(try fixture.files().keys)
                == ["behaviour.db", "behaviour.db-wal", "behaviour.key"])
        for name in try fixture.files().keys {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: fixture.folder + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func `another master key is refused and the right one opens again`() throws {
        let events = try fill()
        let key = try #require(try fixture.files()["behaviour.key"])
        try fixture.keys.replaceMasterKeys(with: [SecretBytes([UInt8](repeating: 1, count: 32))])
        try expectRefusal(.wrongKey(path: fixture.path))
        try fixture.write("behaviour.key", key)
        #expect(try fixture.open().events == events)
    }

    @Test func `a missing master key is refused and none is made`() throws {
        _ = try fill()
        try FileManager.default.removeItem(atPath: fixture.keyPath)
        try expectRefusal(.missingKey(path: fixture.path))
    }

    @Test func `a key file that others can read, or that is none, is refused`() throws {
        let events = try fill()
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o640]
        try FileManager.default.setAttributes(attributes, ofItemAtPath: fixture.keyPath)
        try expectRefusal(.exposedKeyFile(path: fixture.keyPath))
        let key = try #require(try fixture.files()["behaviour.key"])
        for bad in [key.dropLast(), Data(), key + [0], Data(key.reversed())] {
            try fixture.write("behaviour.key", bad)
            try expectRefusal(.damagedKeyFile(path: fixture.keyPath))
        }
        try fixture.write("behaviour.key", key)
        #expect(try fixture.open().events == events)
    }

    @Test func `a store that vanished beside its key is not silently begun anew`() throws {
        _ = try fill()
        try FileManager.default.removeItem(atPath: fixture.path)
        #expect(throws: BehaviourStoreError.emptied(path: fixture.path)) { try fixture.open() }
        try fixture.write("behaviour.db", Data())
        #expect(throws: BehaviourStoreError.emptied(path: fixture.path)) { try fixture.open() }
    }

    @Test func `a first opening that was interrupted is taken up`() throws {
        for hasKey in [false, true] {
            let fixture = try StoreFixture()
            try fixture.execute("")
            try StoreSchema.migrator.migrate(DatabaseQueue(path: fixture.path))
            if hasKey {
                let key = SecretBytes([UInt8](repeating: 1, count: 32))
                try fixture.keys.replaceMasterKeys(with: [key])
            }
            try fixture.open().append(randomEvents(1, seed: 1))
            #expect(try fixture.open().events.count == 1)
        }
    }

    @Test func `a file of another program is left alone`() throws {
        try fixture.execute("CREATE TABLE other (a)")
        try expectRefusal(.notAStore(path: fixture.path))
        try fixture.write("behaviour.db", Data("a letter to somebody, of some length".utf8))
        try expectRefusal(.notAStore(path: fixture.path))
    }

    @Test func `a folder that does not exist is named`() throws {
        #expect {
            try BehaviourStore(path: "/nowhere/behaviour.db", keys: fixture.keys)
        } throws: { error in
            guard case .inaccessible(let path, _)? = error as? BehaviourStoreError else {
                return false
            }
            return path == "/nowhere/behaviour.db"
        }
    }

    @Test func `a store of version 1 is brought up to date, with all it holds`() throws {
        try fixture.execute(versionOneStore)
        try fixture.keys.replaceMasterKeys(with: [SecretBytes([UInt8](1...32))])
        let events = [
            BehaviourEvent(
                item: "tt0133093", kind: .rating, time: 1_900_000_000, value: 4.5,
                context: EventContext(hour: 20, weekday: 5, device: "phone", sessionPosition: 3)),
            BehaviourEvent(item: "tt0034583", kind: .hide, time: 1_900_000_060),
        ]
        let impression = Impression(
            time: 1_900_000_100, items: ["tt0034583"], propensities: [0.5], model: "v1")
        var store: BehaviourStore? = try fixture.open()
        #expect(try store?.events == events)
        #expect(try store?.answer("genres") == ["drama", "film noir"])
        #expect(try store?.document("participation") == [1, 2, 3])
        #expect(try store?.impressions == [])
        try store?.append(impression)
        store = nil
        #expect(try fixture.open().impressions == [impression])
        #expect(try fixture.open().checkIntegrity().isSound)
    }

    @Test func `a store of version 1 is not changed without its key`() throws {
        try fixture.execute(versionOneStore)
        try fixture.keys.replaceMasterKeys(with: [SecretBytes([UInt8](2...33))])
        #expect(throws: BehaviourStoreError.wrongKey(path: fixture.path)) { try fixture.open() }
        #expect(try fixture.blobs("SELECT identifier FROM grdb_migrations") == [[UInt8]("1".utf8)])
    }

    @Test func `a store of a newer version is refused`() throws {
        _ = try fill()
        try fixture.execute("INSERT INTO grdb_migrations VALUES ('3')")
        try expectRefusal(.newerVersion(path: fixture.path))
    }

    @Test(arguments: [
        "UPDATE event SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE id = 5",
        "UPDATE event SET sealed = (SELECT sealed FROM event WHERE id = 6) WHERE id = 5",
        "UPDATE event SET sealed = zeroblob(length(sealed)) WHERE id = 5",
        "UPDATE event SET sealed = x'' WHERE id = 5",
    ])
    func `an altered record is named, and the others can be saved`(sql: String) throws {
        let events = try fill()
        try fixture.execute(sql)
        let store = try fixture.open()
        let error = BehaviourStoreError.damagedRecord(path: fixture.path, table: "event", row: 5)
        #expect(throws: error) { try store.events }
        #expect(throws: error) { try store.delete(item: "item-1") }
        let damaged = IntegrityReport.DamagedRecord(table: "event", row: 5)
        let report = try store.checkIntegrity()
        #expect(report.damagedRecords == [damaged] && !report.isSound)
        #expect(report.soundRecords["event"] == 299)
        #expect(try store.deleteDamagedRecords() == [damaged])
        #expect(try store.events == Array(events[..<4]) + Array(events[5...]))
        #expect(try store.checkIntegrity().isSound)
    }

    @Test func `an altered epoch key costs its records only`() throws {
        let events = try fill(2000)
        try fixture.execute("UPDATE epoch SET wrapped = zeroblob(72) WHERE id = 1")
        let store = try fixture.open()
        #expect(throws: BehaviourStoreError.self) { try store.events }
        #expect(try store.checkIntegrity().damagedRecords.count == 1024)
        // A deletion elsewhere cannot give the epoch's key to the new master key.
        try store.append(BehaviourEvent(item: "new", kind: .view, time: 1_999_999_999))
        #expect(try store.deleteDamagedRecords().count == 1024)
        #expect(try store.events.dropLast() == events[1024...])
    }

    @Test func `nothing is written beside records whose key is lost`() throws {
        _ = try fill(300)
        try fixture.execute("UPDATE epoch SET wrapped = zeroblob(72) WHERE id = 1")
        let store = try fixture.open()
        let late = BehaviourEvent(item: "new", kind: .view, time: 1_999_999_999)
        #expect(throws: BehaviourStoreError.self) { try store.append(late) }
        #expect(try store.deleteDamagedRecords().count == 300)
        try store.append(late)
        #expect(try store.events == [late])
    }

    @Test func `a record of no epoch is deleted like other damaged ones`() throws {
        let events = try fill(300)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        try DatabaseQueue(path: fixture.path, configuration: configuration).write {
            try $0.execute(sql: "UPDATE event SET epoch = 'none' WHERE id = 5")
        }
        let store = try fixture.open()
        #expect(try store.deleteDamagedRecords().map(\.row) == [5])
        #expect(try store.events == Array(events[..<4]) + Array(events[5...]))
    }

    @Test(.timeLimit(.minutes(2)))
    func `of two that make a store at once, one has it`() async throws {
        for _ in 0..<4 {
            let fixture = try StoreFixture()
            let stores = await withTaskGroup(of: BehaviourStore?.self) { group in
                for _ in 0..<2 { group.addTask { try? fixture.open() } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(stores.count { $0 != nil } == 1)
            #expect(try fixture.files()["behaviour.db-shm"] == nil)
            try stores.compactMap { $0 }.first?.append(randomEvents(1, seed: 1))
        }
    }

    @Test func `a file cut anywhere is reported as damaged and left alone`() throws {
        let events = try fill()
        let whole = try #require(try fixture.files()["behaviour.db"])
        for pages in 1..<(whole.count / 4096) {
            for extra in [0, 100] {
                let copy = try StoreFixture()
                try copy.write("behaviour.key", try #require(try fixture.files()["behaviour.key"]))
                let cut = whole.prefix(pages * 4096 + extra)
                try copy.write("behaviour.db", cut)
                #expect {
                    _ = try copy.open().events
                } throws: { error in
                    switch error as? BehaviourStoreError {
                    case .damaged(copy.path, _), .damagedRecord(copy.path, "event", _): true
                    default: false
                    }
                }
                #expect(try copy.files()["behaviour.db"] == cut)
            }
        }
        #expect(try fixture.open().events == events)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `flipped bits anywhere throw or read right, and never trap`(seed: UInt64) throws {
        let events = try fill()
        let whole = try fixture.files()
        var random = SeededRandomness(seed: seed, label: "flips")
        for _ in 0..<100 {
            var file = try #require(whole["behaviour.db"])
            for _ in 0..<3 {
                let index = Int.random(in: 0..<file.count, using: &random)
                file[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            let fixture = try StoreFixture()
            try fixture.write("behaviour.db", file)
            try fixture.write("behaviour.key", try #require(whole["behaviour.key"]))
            guard let store = try? fixture.open(), let read = try? store.events else { continue }
            // What reads, reads right; that a row is missing SQLite's check may have to tell.
            #expect(Set(read).isSubset(of: events), "seed \(seed)")
            if read != events { #expect(try !store.checkIntegrity().isSound, "seed \(seed)") }
        }
    }
}
