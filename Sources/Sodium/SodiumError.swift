/// Why a cryptographic operation was refused.
public enum SodiumError: Error, Equatable, CustomStringConvertible {
    /// A key, nonce, signature or message had the wrong length, in bytes.
    case wrongLength(of: String, expected: Int, actual: Int)
    /// A ciphertext or its associated data was not produced with this key and nonce.
    case forgery
    /// A peer's X25519 public key has low order; the shared secret would be known to everyone.
    case weakPublicKey

    /// The reason in one line.
    public var description: String {
        switch self {
        case .wrongLength(let what, let expected, let actual):
            "the \(what) has \(actual) bytes where \(expected) are needed"
        case .forgery: "the sealed message was altered or was not meant for this receiver"
        case .weakPublicKey: "the peer's public key is a low-order point and cannot be used"
        }
    }
}

/// Throws ``SodiumError/wrongLength(of:expected:actual:)`` unless `actual` is `expected`.
func requireLength(of what: String, _ actual: Int, _ expected: Int) throws(SodiumError) {
    guard actual == expected else {
        throw .wrongLength(of: what, expected: expected, actual: actual)
    }
}
