internal import CSodium

/// An Ed25519 signing key (RFC 8032).
public struct SigningKey: Sendable {
    /// The length of the seed that determines a key pair, in bytes.
    public static let seedLength = 32
    /// The length of a public key, in bytes.
    public static let publicKeyLength = 32
    /// The length of a signature, in bytes.
    public static let signatureLength = 64

    /// The public key, to be published.
    public let publicKey: [UInt8]
    private let secretKey: SecretBytes

    /// Derives the pair of a 32-byte seed.
    public init(seed: SecretBytes) throws(SodiumError) {
        try requireLength(of: "Ed25519 seed", seed.count, Self.seedLength)
        var publicKey = [UInt8](repeating: 0, count: Self.publicKeyLength)
        secretKey = SecretBytes(count: 64) {
            _ = crypto_sign_seed_keypair(&publicKey, $0, seed.pointer)
        }
        self.publicKey = publicKey
    }

    /// The 64-byte detached signature of `message`.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Self.signatureLength)
        crypto_sign_detached(
            &signature, nil, message, UInt64(message.count), secretKey.pointer)
        return signature
    }

    /// Whether `signature` is the signature of `message` under `publicKey`.
    public static func isValid(
        _ signature: [UInt8], of message: [UInt8], publicKey: [UInt8]
    ) -> Bool {
        Library.require()
        guard signature.count == signatureLength, publicKey.count == publicKeyLength else {
            return false
        }
        return crypto_sign_verify_detached(
            signature, message, UInt64(message.count), publicKey) == 0
    }
}
