internal import Foundation
public import Recommender
internal import Sodium
internal import VectorKernels

/// The models of one app in a folder: the one in use, and the one before it to go back to.
///
/// A model is checked in every byte before it is installed, written under its own name, and comes into
/// use by the replacement of one small file, so that a crash leaves the old or the new one. Files that
/// rankers have mapped stay readable until they let go of them.
public struct ModelLibrary: Sendable {
    private let folder: String
    private let key: [UInt8]

    /// Which files are in use.
    private struct Index: Codable {
        var current: String?
        var previous: String?
        /// The newest release that was installed; older ones are refused, so that neither coordinator
        /// nor network can put a device back to a model with known faults.
        var newest = -1
        /// What the models are called.
        var name: String?
    }

    /// Opens a folder, or makes it.
    ///
    /// - Parameters:
    ///   - folder: The path; nothing but this library's files may be in it.
    ///   - key: The publisher's Ed25519 key.
    /// - Throws: ``Recommender/PublishedModelError/unwritable(path:)``.
    public init(folder: String, trusting key: [UInt8]) throws {
        self.folder = folder
        self.key = key
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch { throw PublishedModelError.unwritable(path: folder) }
    }

    /// The model in use; nil before the first is installed.
    ///
    /// Its signature is checked, and everything but rows and texts, which were checked when it was
    /// installed: a model of a million items opens in milliseconds.
    public func open() throws -> PublishedModel? {
        try readIndex().current.map {
            try PublishedModel(path: path($0), trusting: key, check: .header)
        }
    }

    /// Brings a model into use. The one that is in use can be installed again, where its file was
    /// damaged or lost.
    ///
    /// - Throws: ``Recommender/PublishedModelError``; the model in use stays in use then.
    @discardableResult
    public func install(_ bytes: [UInt8]) throws -> PublishedModel {
        let model = try PublishedModel(
            MappedBytes(copying: bytes), path: "the received model", trusting: key)
        let release = model.header.release
        let file = "release-\(release)-\(hexadecimal(model.digest.prefix(8))).covey"
        return try whileLocked {
            var index = try readIndex()
            if let name = index.name, name != model.header.name {
                throw PublishedModelError.otherName(expected: name, actual: model.header.name)
            }
            guard release > index.newest || file == index.current else {
                throw PublishedModelError.notNewer(release: release, newest: index.newest)
            }
            try replace(path(file), with: bytes)
            if file != index.current {
                index = Index(
                    current: file, previous: index.current, newest: release,
                    name: model.header.name)
                try write(index)
            }
            removeUnused(index)
            return try PublishedModel(path: path(file), trusting: key, check: .header)
        }
    }

    /// Brings into use what a delta makes of the model in use.
    ///
    /// - Throws: ``Recommender/PublishedModelError``; the model in use stays in use then.
    @discardableResult
    public func install(delta bytes: [UInt8]) throws -> PublishedModel {
        guard let current = try open() else {
            throw PublishedModelError.nothingBefore(path: folder)
        }
        return try install(ModelDelta(bytes).applied(to: current, trusting: key).encoded)
    }

    /// Goes back to the model before the one in use, which is not taken again afterwards.
    @discardableResult
    public func rollBack() throws -> PublishedModel {
        try whileLocked {
            var index = try readIndex()
            guard let previous = index.previous else {
                throw PublishedModelError.nothingBefore(path: folder)
            }
            let model = try PublishedModel(path: path(previous), trusting: key)
            index.current = previous
            index.previous = nil
            try write(index)
            removeUnused(index)
            return model
        }
    }

    /// One change at a time, by whatever thread or process.
    private func whileLocked<Result>(_ change: () throws -> Result) throws -> Result {
        let descriptor = Foundation.open(path("lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw PublishedModelError.unwritable(path: folder) }
        // Closing lets the lock go.
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX) == 0 else {
            throw PublishedModelError.unwritable(path: folder)
        }
        return try change()
    }

    private func path(_ name: String) -> String { folder + "/" + name }

    private var indexPath: String { path("index.json") }

    private func readIndex() throws -> Index {
        guard FileManager.default.fileExists(atPath: indexPath) else { return Index() }
        guard let data = FileManager.default.contents(atPath: indexPath),
            let index = try? JSONDecoder().decode(Index.self, from: data),
            [index.current, index.previous].allSatisfy({ $0?.contains("/") != true })
        else { throw PublishedModelError.damagedIndex(path: indexPath) }
        return index
    }

    private func write(_ index: Index) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try replace(indexPath, with: [UInt8](try encoder.encode(index)))
    }

    /// Replaces a file in one step; what is written is on the disk before it takes the old one's place.
    private func replace(_ path: String, with bytes: [UInt8]) throws {
        let next = path + ".next"
        do {
            try Data(bytes).write(to: URL(filePath: next))
            let file = try FileHandle(forWritingTo: URL(filePath: next))
            try file.synchronize()
            try file.close()
            guard rename(next, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            try FileHandle(forReadingFrom: URL(filePath: folder)).synchronize()
        } catch { throw PublishedModelError.unwritable(path: path) }
    }

    private func removeUnused(_ index: Index) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names
        where name.hasPrefix("release-") && name != index.current && name != index.previous {
            try? FileManager.default.removeItem(atPath: path(name))
        }
    }
}
