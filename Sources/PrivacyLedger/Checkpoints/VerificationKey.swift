internal import Foundation
internal import Sodium

/// A named public key that notes are verified with, in the form of C2SP signed-note:
/// `<name>+<key id>+<base64 of the algorithm and the key>`.
public struct VerificationKey: Sendable, Hashable, CustomStringConvertible {
    /// What a signature says.
    public enum Algorithm: UInt8, Sendable, Hashable {
        /// Ed25519 over the note's text: that of the log itself.
        case ed25519 = 1
        /// Ed25519 over a time and the note's text (C2SP tlog-cosignature): that of a witness.
        case cosignature = 4
    }

    /// Names appear in commands and on pages: letters, digits and -._/: only.
    private static let nameCharacters = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/:".utf8)

    /// The name, of letters, digits and `-._/:`.
    public let name: String
    /// What its signatures say.
    public let algorithm: Algorithm
    /// The Ed25519 key, 32 bytes.
    public let key: [UInt8]

    /// Names a key.
    ///
    /// - Throws: ``LedgerError/invalidName(_:)`` where a note could not carry the name.
    public init(
        name: String, algorithm: Algorithm = .ed25519, key: [UInt8]
    ) throws(LedgerError) {
        guard !name.isEmpty, name.utf8.count <= 255,
            name.utf8.allSatisfy({ Self.nameCharacters.contains($0) })
        else { throw .invalidName(name) }
        self.name = name
        self.algorithm = algorithm
        self.key = key
    }

    /// Reads the text form.
    ///
    /// - Throws: ``LedgerError/invalidKey(_:)``.
    public init(_ text: String) throws(LedgerError) {
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let encoded = base64(parts[2]),
            let algorithm = encoded.first.flatMap(Algorithm.init),
            encoded.count == 1 + SigningKey.publicKeyLength
        else { throw .invalidKey(text) }
        try self.init(
            name: String(parts[0]), algorithm: algorithm, key: Array(encoded.dropFirst()))
        guard hexadecimal(id) == parts[1] else { throw .invalidKey(text) }
    }

    /// The text form.
    public var description: String {
        "\(name)+\(hexadecimal(id))+\(Data([algorithm.rawValue] + key).base64EncodedString())"
    }

    /// The four bytes by which a signature line says whose it is.
    var id: [UInt8] {
        Array(SHA256.hash(Array(name.utf8) + [0x0A, algorithm.rawValue] + key).prefix(4))
    }
}
