internal import Foundation
public import Sodium

/// A signed statement of what a ledger holds (C2SP tlog-checkpoint): its name, the number of
/// entries, and the root of their hash tree. Whoever keeps one can tell later whether the ledger
/// that they are shown is the same.
///
/// A checkpoint within a ledger file has one more line, the checksum of the file before it, so that
/// the last signature covers the file and the earlier signatures in it.
public struct Checkpoint: Sendable, Hashable {
    /// The name of the ledger.
    public let origin: String
    /// The number of entries.
    public let size: Int
    /// The root of the tree over the entries, 32 bytes.
    public let root: [UInt8]
    /// The checksum of the file before the checkpoint; empty where it names none.
    let fileChecksum: [UInt8]
    /// The text with its signatures.
    public private(set) var note: SignedNote

    /// States what a ledger holds, and signs it.
    init(
        origin: String, size: Int, root: [UInt8], fileChecksum: [UInt8], key: SigningKey
    ) throws(LedgerError) {
        self.origin = origin
        self.size = size
        self.root = root
        self.fileChecksum = fileChecksum
        note = SignedNote(
            text: Self.text(origin: origin, size: size, root: root, fileChecksum: fileChecksum))
        note.sign(name: try VerificationKey(name: origin, key: key.publicKey), key: key)
    }

    private static let extensionName = "covey-file"

    /// The text that is signed.
    static func text(
        origin: String, size: Int, root: [UInt8], fileChecksum: [UInt8]
    ) -> String {
        "\(origin)\n\(size)\n\(Data(root).base64EncodedString())\n"
            + "\(extensionName) \(Data(fileChecksum).base64EncodedString())\n"
    }

    /// Reads a checkpoint; whether it is signed by the right key is another matter.
    ///
    /// - Throws: ``LedgerError/invalidNote(_:)``.
    public init(_ string: String) throws(LedgerError) {
        note = try SignedNote(string)
        let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard lines.count >= 3, !lines[0].isEmpty, let size = Int(lines[1]), size >= 0,
            lines[1] == "\(size)", let root = base64(lines[2]), root.count == MerkleTree.hashLength
        else { throw .invalidNote("it does not begin with a name, a size and a root") }
        origin = String(lines[0])
        self.size = size
        self.root = root
        let checksum = lines.dropFirst(3).first { $0.hasPrefix(Self.extensionName + " ") }
        fileChecksum =
            checksum.flatMap { base64($0.dropFirst(Self.extensionName.count + 1)) } ?? []
    }

    /// Countersigns the checkpoint as a witness that has checked that it continues the one it
    /// signed before.
    ///
    /// - Parameters:
    ///   - name: The witness's name.
    ///   - key: Its key.
    ///   - time: Seconds since 1970.
    public mutating func cosign(name: String, key: SigningKey, time: UInt64) throws(LedgerError) {
        note.cosign(
            name: try VerificationKey(name: name, algorithm: .cosignature, key: key.publicKey),
            key: key, time: time)
    }

    /// Whether `proof` shows that this ledger begins with that of `older`.
    public func continues(_ older: Checkpoint, proof: [[UInt8]]) -> Bool {
        origin == older.origin
            && MerkleTree.verifyConsistency(
                from: older.size, root: older.root, to: size, root: root, proof: proof)
    }
}
