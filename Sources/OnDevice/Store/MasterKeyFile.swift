internal import Foundation
public import Sodium

/// A master key in a file that its owner alone can read, for systems without a key chain.
///
/// The file is "COVEYKEY" and one key of 32 bytes, or two while a store changes from one to the
/// other. It is replaced as a whole; the former file is overwritten with zeros before its blocks are
/// freed, which helps where the file system writes in place. Keep it on another volume than the
/// store's backups, or out of them.
public struct MasterKeyFile: MasterKeyProvider {
    private static let mark = [UInt8]("COVEYKEY".utf8)
    private static let keyLength = AuthenticatedEncryption.keyLength

    /// Where the file is.
    public let path: String

    /// Names a file; it is made when a store asks for it.
    public init(path: String) { self.path = path }

    /// The keys in the file; none where there is no file.
    ///
    /// - Throws: ``BehaviourStoreError/exposedKeyFile(path:)`` where others can read it,
    ///   ``BehaviourStoreError/damagedKeyFile(path:)`` where it holds no keys.
    public func masterKeys() throws -> [SecretBytes] {
        guard let file = try open(path, O_RDONLY) else { return [] }
        defer { try? file.close() }
        let longest = Self.mark.count + 2 * Self.keyLength
        var content = [UInt8](try file.read(upToCount: longest + 1) ?? Data())
        defer { for index in content.indices { content[index] = 0 } }
        let keyBytes = content.count - Self.mark.count
        guard content.starts(with: Self.mark),
            [Self.keyLength, 2 * Self.keyLength].contains(keyBytes)
        else { throw BehaviourStoreError.damagedKeyFile(path: path) }
        return stride(from: Self.mark.count, to: content.count, by: Self.keyLength).map {
            SecretBytes(content[$0..<$0 + Self.keyLength])
        }
    }

    /// Replaces the file.
    ///
    /// - Throws: ``BehaviourStoreError/inaccessible(path:reason:)`` where it cannot be written.
    public func replaceMasterKeys(with keys: [SecretBytes]) throws {
        let former = try open(path, O_RDWR)
        defer { try? former?.close() }
        let next = path + ".next"
        // What a crash left there.
        try? overwrite(open(next, O_RDWR))
        unlink(next)
        let descriptor = Foundation.open(next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw inaccessible(errno) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(Self.mark))
            for key in keys { try file.write(contentsOf: Data(key.copy(0..<key.count))) }
            try file.synchronize()
            try file.close()
            guard rename(next, path) == 0 else { throw inaccessible(errno) }
            // The new name is on the disk once its folder is.
            let folder = URL(filePath: path).deletingLastPathComponent()
            try FileHandle(forReadingFrom: folder).synchronize()
        } catch let error as CocoaError {
            throw BehaviourStoreError.inaccessible(path: path, reason: error.localizedDescription)
        }
        // The change is made: that the former blocks cannot be cleared must not undo it.
        try? overwrite(former)
    }

    private func overwrite(_ former: FileHandle?) throws {
        guard let former else { return }
        let length = Int(try former.seekToEnd())
        try former.seek(toOffset: 0)
        try former.write(contentsOf: Data(count: length))
        try former.synchronize()
    }

    /// The file at `path`, if it is there and its owner's alone.
    private func open(_ path: String, _ access: Int32) throws -> FileHandle? {
        let descriptor = Foundation.open(path, access | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw inaccessible(errno)
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw inaccessible(errno) }
        guard status.st_mode & 0o077 == 0 else {
            throw BehaviourStoreError.exposedKeyFile(path: path)
        }
        return file
    }

    private func inaccessible(_ code: Int32) -> BehaviourStoreError {
        let error = NSError(domain: NSPOSIXErrorDomain, code: Int(code))
        return .inaccessible(path: path, reason: error.localizedDescription)
    }
}
