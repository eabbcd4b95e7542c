import DifferentialPrivacy
import Foundation
import PrivacyLedger
import Testing

@Suite struct PrivacyLedgerTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private var path: String { folder.appending(path: "ledger.jsonl").path }

    private func entry(_ round: Int, rho: Double = 0.1) -> LedgerEntry {
        LedgerEntry(
            aggregation: "real", round: round, query: "popularity", session: "00",
            parameters: .init(
                dimension: 3, encodedDimension: 3, clippingNorm: 1, granularity: 0.01,
                noise: .discreteGaussian, unitVariance: 7, targetUnits: 16, modulusBits: 20,
                cohortSize: 10, minimumSurvivors: 8, colluding: 1),
            survivors: [10, 10, 9], noiseStandardDeviation: 2, rho: rho,
            neighbouring: .addOrRemoveOne,
            spent: .init(epsilonCoordinator: 1, epsilonObserver: 0.5, delta: 1e-5), modelHash: "ab")
    }

    private func writeThree() throws -> PrivacyLedger {
        var ledger = try PrivacyLedger(creating: path)
        for round in 0..<3 { try ledger.record(entry(round)) }
        return ledger
    }

    private func lines() throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private func write(_ lines: [String]) throws {
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: path, atomically: true, encoding: .utf8)
    }

    @Test func `what is written is read back with its chain`() throws {
        let written = try writeThree()
        let read = try PrivacyLedger(opening: path)
        #expect(read.entries == written.entries)
        #expect(read.entries[0].previousHash == String(repeating: "0", count: 64))
        #expect(Set(read.entries.map(\.previousHash)).count == 3)
    }

    @Test func `an edited line breaks the chain behind it`() throws {
        _ = try writeThree()
        var edited = try lines()
        edited[1] = edited[1].replacing("\"rho\":0.1", with: "\"rho\":0.2")
        try write(edited)
        #expect(throws: LedgerError.brokenChain(path: path, line: 3)) {
            try PrivacyLedger(opening: path)
        }
    }

    @Test func `a removed, repeated or exchanged line is found`() throws {
        _ = try writeThree()
        let all = try lines()
        for (changed, line) in [
            ([all[0], all[2]], 2), ([all[0], all[0], all[1]], 2), ([all[1], all[0], all[2]], 1),
        ] {
            try write(changed)
            #expect(throws: LedgerError.brokenChain(path: path, line: line)) {
                try PrivacyLedger(opening: path)
            }
        }
    }

    @Test func `a line that is no entry is named`() throws {
        _ = try writeThree()
        try write(try lines() + ["{\"round\": 3"])
        #expect(throws: LedgerError.malformed(path: path, line: 4)) {
            try PrivacyLedger(opening: path)
        }
    }

    @Test func `recording a round again changes nothing, recording another version is refused`()
        throws
    {
        var ledger = try writeThree()
        let before = try lines()
        try ledger.record(entry(1))
        #expect(try lines() == before)
        #expect(throws: LedgerError.contradiction(path: path, line: 2)) {
            try ledger.record(entry(1, rho: 0.05))
        }
        #expect(throws: LedgerError.contradiction(path: path, line: 4)) {
            try ledger.record(entry(5))
        }
    }

    @Test func `a ledger is never overwritten`() throws {
        _ = try writeThree()
        #expect(throws: LedgerError.exists(path: path)) { try PrivacyLedger(creating: path) }
        #expect(throws: LedgerError.unreadable(path: path + "x")) {
            try PrivacyLedger(opening: path + "x")
        }
    }
}
