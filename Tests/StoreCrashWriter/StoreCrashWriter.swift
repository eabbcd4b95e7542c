import Foundation
import OnDevice
import Sodium

/// Works on a store until it is killed, and says line by line what it is about to do and what was
/// done: the victim of the crash tests.
///
///     StoreCrashWriter <store> <key file> <number of the first event> <seed>
@main
struct StoreCrashWriter {
    private let store: BehaviourStore
    private var random: SeededRandomness
    private var next: Int

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let first = Int(arguments[3]), let seed = UInt64(arguments[4])
        else { return say("usage: StoreCrashWriter <store> <key file> <first> <seed>") }
        let store = try BehaviourStore(
            path: arguments[1], keys: MasterKeyFile(path: arguments[2]), now: { 2_000_000_000 })
        var writer = StoreCrashWriter(
            store: store, random: SeededRandomness(seed: seed, label: "writer"), next: first)
        while true { try writer.step() }
    }

    /// One line in one write, so that it is either heard or not.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private mutating func step() throws {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6: try append()
        case 6..<9: try delete()
        default:
            try store.setDocument("progress", [UInt8](String(next).utf8))
            Self.say("document \(next)")
        }
    }

    private mutating func append() throws {
        let events = (0..<Int.random(in: 1...40, using: &random)).map { offset in
            BehaviourEvent(
                item: String(next + offset), kind: .play,
                time: 1_900_000_000 + Int64(next + offset))
        }
        Self.say("appending \(next) \(next + events.count)")
        try store.append(events)
        Self.say("appended \(next) \(next + events.count)")
        next += events.count
    }

    private mutating func delete() throws {
        let item = Int.random(in: 0..<max(next, 1), using: &random)
        Self.say("deleting \(item) \(item + 1)")
        try store.delete(item: String(item))
        Self.say("deleted \(item) \(item + 1)")
    }
}
