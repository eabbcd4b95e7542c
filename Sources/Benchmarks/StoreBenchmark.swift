import ArgumentParser
import Foundation
import OnDevice
import Sodium

/// The behaviour store of a device beside the disk and the cipher.
struct StoreBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Opening, reading, appending and erasing on the device.")

    @Option(help: "The number of events.")
    var events = 10_000

    func validate() throws {
        guard events > 0 else { throw ValidationError("--events is \(events); choose 1 or more.") }
    }

    func run() throws {
        let folder = NSTemporaryDirectory() + "covey-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let start = Int64(Date().timeIntervalSince1970) - Int64(events)
        let history = (0..<events).map {
            BehaviourEvent(item: "tt0\($0 % 997)", kind: .rating, time: start + Int64($0), value: 4)
        }
        try open(folder).append(history)
        let size = try Data(contentsOf: URL(filePath: folder + "/store.db")).count
        print("\(events) events, \(size / events) bytes each")

        let cipher = try best(of: 5) { try openRecords(events) }
        let read = try best(of: 15) { _ = try open(folder).events }
        report("open and read all", read, limit: cipher, of: "cipher")

        let disk = try FileHandle(forWritingTo: make(folder + "/disk"))
        let write = try median(of: 200) {
            try disk.write(contentsOf: Data(count: 8192))
            try disk.synchronize()
        }
        let store = try open(folder)
        let append = try median(of: 200) { try store.append(history[0]) }
        report("append an event", append, limit: write, of: "write and sync of 8 kB")
        var item = 0
        let erase = try median(of: 5) {
            item += 1
            try store.delete(item: "tt0\(item)")
        }
        report("erase an item from all epochs", erase, limit: read, of: "read")
        report("export", try best(of: 3) { _ = try store.export() }, limit: read, of: "read")
    }

    private func open(_ folder: String) throws -> BehaviourStore {
        try BehaviourStore(
            path: folder + "/store.db", keys: MasterKeyFile(path: folder + "/store.key"))
    }

    private func make(_ path: String) throws -> URL {
        try Data().write(to: URL(filePath: path))
        return URL(filePath: path)
    }

    /// Opens as many sealed messages of the length of a padded event.
    private func openRecords(_ count: Int) throws {
        let key = SecretBytes([UInt8](repeating: 1, count: AuthenticatedEncryption.keyLength))
        let nonce = [UInt8](repeating: 2, count: AuthenticatedEncryption.nonceLength)
        let sealed = try AuthenticatedEncryption.seal(
            SecretBytes([UInt8](repeating: 3, count: 64)), key: key, nonce: nonce)
        for _ in 0..<count {
            _ = try AuthenticatedEncryption.open(sealed, key: key, nonce: nonce)
        }
    }

    /// Seconds by the wall clock: what waits for a disk takes little of the processor.
    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        try ContinuousClock().measure(body) / .seconds(1)
    }

    private func best(of runs: Int, _ body: () throws -> Void) rethrows -> Double {
        try (0..<runs).reduce(.infinity) { least, _ in min(least, try seconds(body)) }
    }

    private func median(of runs: Int, _ body: () throws -> Void) rethrows -> Double {
        try (0..<runs).map { _ in try seconds(body) }.sorted()[runs / 2]
    }
}
