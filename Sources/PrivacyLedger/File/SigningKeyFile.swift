internal import Foundation
public import Sodium

/// A signing key in a file: its 32-byte seed in base64, readable by its owner alone, with the public
/// key in a file beside it that ends with ".pub".
public enum SigningKeyFile {
    /// Reads the key at `path`, or makes one with a name where there is no file.
    ///
    /// - Throws: ``LedgerError`` where the file holds no key or cannot be written.
    public static func read(
        at path: String, orMake name: (name: String, algorithm: VerificationKey.Algorithm)
    ) throws -> SigningKey {
        if FileManager.default.fileExists(atPath: path) { return try read(at: path) }
        var randomness = SystemRandomness()
        var seed = [UInt8](repeating: 0, count: SigningKey.seedLength)
        randomness.fill(&seed)
        let key = try SigningKey(seed: SecretBytes(seed))
        try write(seed: seed, at: path)
        let name = try VerificationKey(
            name: name.name, algorithm: name.algorithm, key: key.publicKey)
        do { try Data("\(name)\n".utf8).write(to: URL(filePath: path + ".pub")) } catch {
            throw LedgerError.unwritable(path: path + ".pub")
        }
        return key
    }

    /// Reads the key at `path`.
    public static func read(at path: String) throws -> SigningKey {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw LedgerError.unreadable(path: path)
        }
        let text = String(decoding: data.prefix(100), as: UTF8.self)
        guard let seed = base64(text.trimmingCharacters(in: .whitespacesAndNewlines)),
            seed.count == SigningKey.seedLength
        else { throw LedgerError.notASigningKey(path: path) }
        return try SigningKey(seed: SecretBytes(seed))
    }

    /// Writes the seed of a key, whole or not at all: what it signs may be durable before it is.
    public static func write(seed: [UInt8], at path: String) throws {
        let text = Data(seed).base64EncodedString() + "\n"
        let new = path + ".new"
        do {
            try? FileManager.default.removeItem(atPath: new)
            guard
                FileManager.default.createFile(
                    atPath: new, contents: nil, attributes: [.posixPermissions: 0o600])
            else { throw LedgerError.unwritable(path: path) }
            let file = try FileHandle(forWritingTo: URL(filePath: new))
            try file.write(contentsOf: Data(text.utf8))
            try file.synchronize()
            try file.close()
            guard rename(new, path) == 0 else { throw LedgerError.unwritable(path: path) }
            let folder = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY)
            if folder >= 0 {
                fsync(folder)
                close(folder)
            }
        } catch { throw LedgerError.unwritable(path: path) }
    }
}
