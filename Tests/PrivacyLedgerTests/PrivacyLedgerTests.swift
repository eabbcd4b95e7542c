import Foundation
import Sodium
import Testing

@testable import PrivacyLedger

@Suite struct PrivacyLedgerTests {
    let folder: TemporaryFolder
    let fixture: LedgerFixture

    init() throws {
        folder = try TemporaryFolder()
        fixture = try LedgerFixture()
    }

    private var path: String { folder.path("ledger.covey") }

    private func write(_ contents: [LedgerEntry.Content]) throws -> PrivacyLedger {
        guard case .opening(let opening) = contents[0] else { throw LedgerError.unencodable }
        var ledger = try PrivacyLedger(
            creating: path, opening: opening, key: fixture.key, time: 0)
        for (index, content) in contents.enumerated().dropFirst() {
            try ledger.record(content, time: Int64(index))
        }
        try ledger.sign()
        return ledger
    }

    @Test func `a ledger reads back as it was written, and is in order`() throws {
        let contents = try fixture.contents()
        let entries: [LedgerEntry]
        let head: Checkpoint?
        do {
            let ledger = try write(contents)
            #expect(ledger.entries.map(\.content) == contents)
            (entries, head) = (ledger.entries, ledger.checkpoint)
        }
        let read = try PrivacyLedger(opening: path, key: fixture.key)
        #expect(read.entries == entries)
        #expect(read.checkpoint == head)
        let verification = try LedgerVerification(
            path: path, evidence: .init(key: fixture.name))
        #expect(verification.findings.isEmpty)
        #expect(verification.entries == entries)
    }

    @Test func `a repeated entry is taken for the same, another one is refused`() throws {
        var ledger = try write(fixture.contents())
        let count = ledger.entries.count
        for entry in ledger.entries { try ledger.record(entry.content, time: 99) }
        #expect(ledger.entries.count == count)
        guard case .charge(var charge) = ledger.entries[3].content else {
            Issue.record("entry 3 is no charge")
            return
        }
        charge.rho *= 2
        #expect(throws: LedgerError.self) { try ledger.record(.charge(charge), time: 99) }
        #expect(try LedgerVerification(path: path).findings.isEmpty)
    }

    @Test func `a clock that went back is held`() throws {
        var ledger = try write(fixture.contents())
        let last = try #require(ledger.entries.last?.time)
        try ledger.record(
            .statement(LedgerStatement(topic: .violations, text: "none")), time: last - 5)
        #expect(ledger.entries.last?.time == last)
    }

    @Test func `whatever part of a write a crash leaves, nothing acknowledged is lost`() throws {
        let count = try write(fixture.contents()).entries.count
        let acknowledged = try Data(contentsOf: URL(filePath: path))
        func goOn() throws {
            var ledger = try PrivacyLedger(opening: path, key: fixture.key)
            #expect(ledger.entries.count >= count)
            try ledger.record(.statement(.init(topic: .utility, text: "good")), time: 99)
            try ledger.sign()
        }
        try goOn()
        let whole = try Data(contentsOf: URL(filePath: path))
        for end in acknowledged.count...whole.count {
            let zeros = Data(repeating: 0, count: end % 3 == 0 ? whole.count - end : 0)
            try (whole.prefix(end) + zeros).write(to: URL(filePath: path))
            try goOn()
            #expect(try Data(contentsOf: URL(filePath: path)) == whole)
        }
    }

    @Test func `damage before the end is no torn write and is not cut away`() throws {
        _ = try write(fixture.contents())
        let whole = try Data(contentsOf: URL(filePath: path))
        for offset in stride(from: 16, to: whole.count - 500, by: 37) {
            var damaged = whole
            damaged[offset] ^= 0x40
            try damaged.write(to: URL(filePath: path))
            #expect(throws: LedgerError.self) {
                try PrivacyLedger(opening: path, key: fixture.key)
            }
            #expect(try Data(contentsOf: URL(filePath: path)) == damaged)
        }
    }

    @Test func `bad files get clear errors`() throws {
        #expect(throws: LedgerError.unreadable(path: path)) { try LedgerVerification(path: path) }
        try Data().write(to: URL(filePath: path))
        #expect(throws: LedgerError.notALedger(path: path, reason: "it is empty")) {
            try LedgerVerification(path: path)
        }
        for content in ["covey ledger v2\n and more", "PK\u{3}\u{4} something else altogether"] {
            try Data(content.utf8).write(to: URL(filePath: path))
            #expect(throws: LedgerError.self) { try LedgerVerification(path: path) }
        }
        #expect(throws: LedgerError.exists(path: path)) {
            try PrivacyLedger(
                creating: path, opening: fixture.opening, key: fixture.key, time: 0)
        }
        // A hole of 3 GB: found without reading it into memory.
        try Data(LedgerRecord.header).write(to: URL(filePath: path))
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.truncate(atOffset: 3 << 30)
        try file.close()
        #expect(try LedgerVerification(path: path).findings.first?.kind == .torn)
    }

    @Test func `only the owner goes on with a ledger`() throws {
        _ = try write(fixture.contents())
        let other = try SigningKey(seed: SecretBytes([UInt8](repeating: 8, count: 32)))
        #expect(throws: LedgerError.otherKey(path: path)) {
            try PrivacyLedger(opening: path, key: other)
        }
    }

    @Test func `only canonical encodings are entries`() throws {
        let entry = LedgerEntry(time: 5, content: .opening(fixture.opening))
        let bytes = try entry.encoded
        #expect(try LedgerEntry(decoding: bytes) == entry)
        // An unknown field, the time once more, a default spelt out.
        for more in [[0x78, 1], [0x08, 5], [0x3A, 0]] as [[UInt8]] {
            #expect(throws: EncodingFailure.self) { try LedgerEntry(decoding: bytes + more) }
        }
        #expect(throws: EncodingFailure.self) { try LedgerEntry(decoding: bytes.dropLast()) }
    }

    @Test func `one process and one copy goes on with a ledger`() throws {
        var ledger = try write(fixture.contents())
        #expect(throws: LedgerError.inUse(path: path)) {
            try PrivacyLedger(opening: path, key: fixture.key)
        }
        var copy = ledger
        try ledger.record(.statement(.init(topic: .utility, text: "one")), time: 99)
        #expect(throws: LedgerError.inUse(path: path)) {
            try copy.record(.statement(.init(topic: .utility, text: "other")), time: 99)
        }
        try ledger.sign()
        #expect(try LedgerVerification(path: path).findings == [])
    }

    @Test func `an owner does not go on with entries that somebody else wrote`() throws {
        try Data(fixture.file(fixture.contents())).write(to: URL(filePath: path))
        var records = try LedgerScan(path: path).records.map { ($0.kind, $0.payload, 0) }
        var changed = try LedgerEntry(decoding: records[1].1)
        changed.time += 1
        records[1].1 = try changed.encoded
        let forged = Data(LedgerFixture.file(records))
        try forged.write(to: URL(filePath: path))
        #expect(throws: LedgerError.self) { try PrivacyLedger(opening: path, key: fixture.key) }
        #expect(try Data(contentsOf: URL(filePath: path)) == forged)
    }

    @Test func `with another key, nothing is cut`() throws {
        let torn = Data(try fixture.file(fixture.contents()).dropLast(3))
        try torn.write(to: URL(filePath: path))
        let other = try SigningKey(seed: SecretBytes([UInt8](repeating: 8, count: 32)))
        #expect(throws: LedgerError.otherKey(path: path)) {
            try PrivacyLedger(opening: path, key: other)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == torn)
    }

    @Test func `what no reader would accept is not recorded`() throws {
        var ledger = try write(fixture.contents())
        let before = try Data(contentsOf: URL(filePath: path))
        var task = fixture.task("third", rounds: 1)
        task.policy.selection = .coins(rate: 1.5)
        var long = fixture.task("fourth", rounds: 1)
        long.purpose = String(repeating: "x", count: 1 << 17)
        var escape = fixture.task("fifth", rounds: 1)
        escape.purpose = "\u{1B}[2J"
        for task in [task, long, escape] {
            #expect(throws: LedgerError.unencodable) { try ledger.record(.task(task), time: 99) }
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
}
