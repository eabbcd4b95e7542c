import Foundation
import Sodium
import Testing

@testable import OnDevice

/// A writer in a process of its own is killed at random moments, again and again.
struct CrashTests {
    /// What the writer's lines promise of the store.
    private struct Promise {
        /// Events that must be there.
        var present: Set<Int> = []
        /// Events of which the last word was a beginning: there or not.
        var open: Set<Int> = []
        /// The last document that was acknowledged.
        var document = 0
        /// One more than the greatest event that may be there.
        var next = 0

        mutating func hear(_ line: Substring) {
            let words = line.split(separator: " ")
            let numbers = words.dropFirst().compactMap { Int($0) }
            guard let first = numbers.first, let last = numbers.last else { return }
            switch words[0] {
            case "appending":
                open = Set(first..<last)
                next = last
            case "appended":
                present.formUnion(first..<last)
                open = []
            case "deleting":
                if present.remove(first) != nil { open = [first] }
            case "deleted": open = []
            case "document": document = first
            default: Issue.record("the writer said: \(line)")
            }
        }
    }

    private static var writer: URL {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        let folder = bundle?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
        return folder.appending(path: "StoreCrashWriter")
    }

    @Test func `a writer that is killed loses nothing that was acknowledged`() async throws {
        let fixture = try StoreFixture()
        var promise = Promise()
        var random = SeededRandomness(seed: 9, label: "kill")
        var interruptedDeletions = 0
        for run in 0..<30 {
            let lines = try await Self.killedWriter(
                fixture, first: promise.next, seed: UInt64(run),
                after: .milliseconds(Int.random(in: 0...40, using: &random)))
            for line in lines { promise.hear(line) }
            if lines.last?.hasPrefix("deleting") == true { interruptedDeletions += 1 }

            let store = try fixture.open()
            let found = Set(try store.events.compactMap { Int($0.item) })
            #expect(promise.present.isSubset(of: found), "run \(run)")
            #expect(found.isSubset(of: promise.present.union(promise.open)), "run \(run)")
            let appended = promise.open.intersection(found)
            #expect(appended.isEmpty || appended == promise.open, "run \(run)")
            let document = try store.document("progress") ?? [UInt8]("0".utf8)
            #expect(Int(String(decoding: document, as: UTF8.self)) ?? 0 >= promise.document)
            #expect(try store.checkIntegrity().isSound, "run \(run)")
            #expect(try fixture.keys.masterKeys().count == 1)
            promise.present = found
            promise.open = []
        }
        #expect(promise.present.count > 100)
        #expect(interruptedDeletions > 3)
    }

    /// Lets a writer work for a while after its first word and kills it; returns its whole lines.
    private static func killedWriter(
        _ fixture: StoreFixture, first: Int, seed: UInt64, after delay: Duration
    ) async throws -> [Substring] {
        let process = Process()
        process.executableURL = writer
        process.arguments = [fixture.path, fixture.keyPath, String(first), String(seed)]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var output = pipe.fileHandleForReading.availableData
        try await Task.sleep(for: delay)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        output.append(try pipe.fileHandleForReading.readToEnd() ?? Data())
        let text = String(decoding: output, as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }
}
