import Foundation
import GRDB
import Sodium

@testable import OnDevice

/// A folder with a store and its key file, removed with its owner.
final class StoreFixture: Sendable {
    let folder: String
    var path: String { folder + "/behaviour.db" }
    var keyPath: String { folder + "/behaviour.key" }
    var keys: MasterKeyFile { MasterKeyFile(path: keyPath) }

    init() throws {
        folder = NSTemporaryDirectory() + "covey-store-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func open(
        retention: Retention = .default, now: Int64 = 2_000_000_000
    ) throws -> BehaviourStore {
        try BehaviourStore(path: path, keys: keys, retention: retention, now: { now })
    }

    /// The bytes of every file in the folder, by name.
    func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            files[name] = FileManager.default.contents(atPath: folder + "/" + name)
        }
        return files
    }

    /// The names of the files that hold `bytes` somewhere.
    func filesThatHold(_ bytes: some Collection<UInt8>) throws -> [String] {
        try files().filter { $0.value.range(of: Data(bytes)) != nil }.map(\.key).sorted()
    }

    /// Reads blobs from the closed database.
    func blobs(_ sql: String) throws -> [[UInt8]] {
        try DatabaseQueue(path: path).read { try Data.fetchAll($0, sql: sql).map { [UInt8]($0) } }
    }

    /// Changes the closed database behind the store's back.
    func execute(_ sql: String) throws {
        try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
    }

    /// A copy of all files in another folder.
    func copy() throws -> StoreFixture {
        let copy = try StoreFixture()
        for (name, content) in try files() { try copy.write(name, content) }
        return copy
    }

    func write(_ name: String, _ content: Data) throws {
        try content.write(to: URL(filePath: folder + "/" + name))
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        try FileManager.default.setAttributes(attributes, ofItemAtPath: folder + "/" + name)
    }
}

/// Events of every shape, at increasing times.
func randomEvents(_ count: Int, seed: UInt64) -> [BehaviourEvent] {
    var random = SeededRandomness(seed: seed, label: "events")
    return (0..<count).map { index in
        var event = BehaviourEvent(
            item: "item-\(Int.random(in: 0..<50, using: &random))",
            kind: BehaviourEvent.Kind.allCases.randomElement(using: &random) ?? .view,
            time: 1_900_000_000 + Int64(index) * 60)
        if Bool.random(using: &random) { event.value = .random(in: -1e9...1e9, using: &random) }
        guard Bool.random(using: &random) else { return event }
        var context = EventContext(
            hour: .random(in: 0...23, using: &random), weekday: .random(in: 1...7, using: &random))
        if Bool.random(using: &random) { context.device = "phone 📱" }
        if Bool.random(using: &random) {
            context.sessionPosition = .random(in: 0..<Int.max, using: &random)
        }
        event.context = context
        return event
    }
}
