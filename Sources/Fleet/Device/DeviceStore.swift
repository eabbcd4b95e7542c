internal import Foundation
package import OnDevice
package import Recommender
package import Sodium

/// What one device of a fleet keeps: its encrypted store and the key to it, in a folder of its own.
///
/// Two thousand open databases would take two thousand caches, so one is open only while its device
/// has something to do with it.
package struct DeviceStore: Sendable {
    /// The device's folder.
    package let path: String

    /// Histories of data sets are older and may be longer than what an app keeps.
    private static let retention = Retention(age: 200 * 365 * 86_400, count: .max)
    private static let identityDocument = "identity"
    private static let historyDocument = "history is complete"

    /// Names a folder.
    package init(path: String) { self.path = path }

    /// Whether the store was made before.
    var exists: Bool { FileManager.default.fileExists(atPath: path + "/behaviour.db") }

    /// Opens the store, or makes one.
    package func open() throws -> BehaviourStore {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        return try BehaviourStore(
            path: path + "/behaviour.db", keys: MasterKeyFile(path: path + "/behaviour.key"),
            retention: Self.retention)
    }

    /// Fills a store that is new; goes on where a former attempt was interrupted.
    ///
    /// - Parameters:
    ///   - identity: Makes the seed of the device's key, 32 bytes.
    ///   - history: What its owner did.
    /// - Returns: The device's key.
    package func prepare(
        identity makeSeed: () throws -> SecretBytes, history: [Interaction], events: HistoryEvents
    ) throws -> SigningKey {
        let store = try open()
        let seed: SecretBytes
        if let stored = try store.document(Self.identityDocument) {
            seed = SecretBytes(stored)
        } else {
            seed = try makeSeed()
            try store.setDocument(Self.identityDocument, seed.copy(0..<seed.count))
        }
        if try store.document(Self.historyDocument) == nil {
            if try store.events.isEmpty { try store.append(events.events(of: history)) }
            try store.setDocument(Self.historyDocument, [])
        }
        return try SigningKey(seed: seed)
    }
}

extension BehaviourStore {
    private static func parametersDocument(_ task: String) -> String {
        "private parameters " + hexadecimal(BLAKE2b.hash(Array(task.utf8)))
    }

    /// The parameters that training for a task has left on the device; nil before the first time.
    func privateParameters(of task: String) throws -> [Float]? {
        guard let bytes = try document(Self.parametersDocument(task)) else { return nil }
        return stride(from: 0, to: bytes.count - 3, by: 4).map { start in
            Float(
                bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }
    }

    /// Keeps the parameters that training for a task leaves on the device.
    func setPrivateParameters(_ parameters: [Float], of task: String) throws {
        let bytes = parameters.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        }
        try setDocument(Self.parametersDocument(task), bytes)
    }
}
