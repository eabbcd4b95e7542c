internal import Foundation
internal import Sodium

/// A text with signatures (C2SP signed-note): lines of text, an empty line, and a line for each
/// signature with the name of the key and base64 of its id and the signature.
public struct SignedNote: Sendable, Hashable {
    /// The longest note that is read, in bytes.
    static let largestByteCount = 1 << 14

    /// The text, ending with a newline.
    public let text: String
    /// The signatures.
    public private(set) var signatures: [Signature]

    /// One signature of a note.
    public struct Signature: Sendable, Hashable {
        /// The name of the key.
        public var name: String
        /// The id of the key, 4 bytes, then what its algorithm says.
        public var bytes: [UInt8]
    }

    /// A note that is not signed yet.
    init(text: String) {
        self.text = text
        signatures = []
    }

    /// Reads a note.
    ///
    /// - Throws: ``LedgerError/invalidNote(_:)``.
    public init(_ string: String) throws(LedgerError) {
        guard string.utf8.count <= Self.largestByteCount else {
            throw .invalidNote("it is longer than \(Self.largestByteCount) bytes")
        }
        guard let gap = string.range(of: "\n\n", options: .backwards), string.hasSuffix("\n") else {
            throw .invalidNote("no empty line stands before the signatures")
        }
        text = String(string[..<gap.lowerBound]) + "\n"
        signatures = []
        let lines = string[gap.upperBound...].dropLast().split(
            separator: "\n", omittingEmptySubsequences: false)
        for line in lines {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "\u{2014}", let bytes = base64(parts[2]),
                bytes.count > 4
            else { throw .invalidNote("\(line.debugDescription) is not a signature line") }
            signatures.append(Signature(name: String(parts[1]), bytes: bytes))
        }
    }

    /// The note as it is handed on.
    public var string: String {
        text + "\n"
            + signatures.map {
                "\u{2014} \($0.name) \(Data($0.bytes).base64EncodedString())\n"
            }.joined()
    }

    /// Signs the text.
    mutating func sign(name: VerificationKey, key: SigningKey) {
        add(name, name.id + key.sign(Array(text.utf8)))
    }

    /// Countersigns the text: the signer has seen it at `time`, in seconds since 1970, and knows of
    /// nothing that contradicts it.
    mutating func cosign(name: VerificationKey, key: SigningKey, time: UInt64) {
        let stamp = withUnsafeBytes(of: time.bigEndian) { [UInt8]($0) }
        add(name, name.id + stamp + key.sign(Self.cosigned(text, time: time)))
    }

    private mutating func add(_ name: VerificationKey, _ bytes: [UInt8]) {
        signatures.removeAll { $0.name == name.name && $0.bytes.starts(with: name.id) }
        signatures.append(Signature(name: name.name, bytes: bytes))
    }

    private static func cosigned(_ text: String, time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n\(text)".utf8)
    }

    /// Whether a signature of `key` is there and right.
    public func isSigned(by key: VerificationKey) -> Bool {
        signatures.contains {
            guard $0.name == key.name, $0.bytes.starts(with: key.id) else { return false }
            let signature = $0.bytes.dropFirst(4)
            switch key.algorithm {
            case .ed25519:
                return SigningKey.isValid(
                    Array(signature), of: Array(text.utf8), publicKey: key.key)
            case .cosignature:
                guard signature.count == 8 + SigningKey.signatureLength else { return false }
                let time = signature.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                return SigningKey.isValid(
                    Array(signature.dropFirst(8)), of: Self.cosigned(text, time: time),
                    publicKey: key.key)
            }
        }
    }
}
