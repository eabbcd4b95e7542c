internal import Foundation
package import PrivacyLedger

/// What a fleet keeps between its runs: the ledger's key, as it was given or seen first, its settings,
/// and a folder for each device.
package struct FleetFolder: Sendable {
    package let path: String
    private let lock: FolderLock

    /// What cannot change from run to run.
    private struct Settings: Codable {
        var ledgerKey: String
        /// What the histories follow from, by the keys of scenarios.
        var data: [String: String]
    }

    /// Opens a folder, or makes one, for this process alone.
    ///
    /// - Throws: ``FleetError/inaccessible(path:reason:)``, ``FleetError/inUse(_:)``.
    package init(path: String) throws {
        self.path = path
        try Self.naming(path) {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }
        lock = try FolderLock(path)
    }

    private var settingsPath: String { path + "/fleet.json" }

    private func settings() throws -> Settings? {
        guard let data = FileManager.default.contents(atPath: settingsPath) else { return nil }
        guard let settings = try? JSONDecoder().decode(Settings.self, from: data) else {
            throw FleetError.inaccessible(
                path: settingsPath,
                reason: "it is damaged or of another version; restore it, or use another --folder")
        }
        return settings
    }

    /// The key of the ledger that the devices' accounts are with; nil at the first use.
    package func pinnedKey() throws -> VerificationKey? {
        try settings().map { try VerificationKey($0.ledgerKey) }
    }

    /// Pins the ledger's key and the data.
    ///
    /// - Throws: ``FleetError/otherFleet(path:reason:)`` where the folder has others.
    package func pin(_ key: VerificationKey, data: [String: String]) throws {
        if let settings = try settings() {
            guard settings.data == data else {
                throw FleetError.otherFleet(
                    path: path, reason: Self.difference(of: data, from: settings.data))
            }
            guard settings.ledgerKey == key.description else {
                throw FleetError.otherLedger(
                    expected: settings.ledgerKey, found: key.description)
            }
            return
        }
        try Self.naming(settingsPath) {
            try JSONEncoder().encode(Settings(ledgerKey: key.description, data: data))
                .write(to: URL(filePath: settingsPath), options: .atomic)
        }
    }

    /// What differs between settings, in words.
    private static func difference(
        of settings: [String: String], from former: [String: String]
    ) -> String {
        Set(settings.keys).union(former.keys).sorted()
            .filter { settings[$0] != former[$0] }
            .map { "\($0) was \(former[$0] ?? "not set") and is \(settings[$0] ?? "not set")" }
            .joined(separator: ", ")
    }

    /// The store of a device.
    package func store(of device: Int) -> DeviceStore {
        let number = String(device)
        let padding = String(repeating: "0", count: max(0, 6 - number.count))
        return DeviceStore(path: "\(path)/devices/\(padding)\(number)")
    }

    /// Keeps a published model, and says where.
    package func keep(model: [UInt8], named name: String) throws -> String {
        let folder = path + "/models"
        let file = "\(folder)/\(name).covey"
        try Self.naming(file) {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try Data(model).write(to: URL(filePath: file), options: .atomic)
        }
        return file
    }

    private static func naming(_ path: String, _ body: () throws -> Void) throws {
        do { try body() } catch {
            throw FleetError.unwritable(path)
        }
    }
}
