internal import CSodium

/// A fast hash under a secret key, for values that nobody is ever shown: Poly1305 (RFC 8439, section
/// 2.5) without the pad that would let its tags be published.
///
/// Two messages of at most n bytes, chosen without any knowledge of hashes, have the same with a
/// probability of at most n / 2^107 (Bernstein, "The Poly1305-AES message-authentication code", 2005,
/// theorem 3.3).
public struct UniversalHash: Sendable {
    private let key: SecretBytes

    /// A hash with a key of its own.
    public init() {
        var random = SystemRandomness()
        key = SecretBytes(count: Int(crypto_onetimeauth_KEYBYTES), from: &random)
    }

    /// The hash of a message, 16 bytes.
    public func hash(_ message: [UInt8]) -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: Int(crypto_onetimeauth_BYTES))
        crypto_onetimeauth(&hash, message, UInt64(message.count), key.pointer)
        return hash
    }
}
