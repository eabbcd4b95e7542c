internal import CSodium

/// An X25519 key pair (RFC 7748) and the symmetric keys agreed with it.
public struct KeyAgreement: Sendable {
    /// The length of public and secret keys, in bytes.
    public static let keyLength = 32

    /// The public key, to be sent to peers.
    public let publicKey: [UInt8]
    /// The secret scalar.
    public let secretKey: SecretBytes

    /// Draws a fresh pair.
    public init(from randomness: inout some RandomSource) {
        self.init(checked: SecretBytes(count: Self.keyLength, from: &randomness))
    }

    /// Restores the pair of a 32-byte secret scalar.
    public init(secretKey: SecretBytes) throws(SodiumError) {
        try requireLength(of: "X25519 secret key", secretKey.count, Self.keyLength)
        self.init(checked: secretKey)
    }

    private init(checked secretKey: SecretBytes) {
        Library.require()
        var publicKey = [UInt8](repeating: 0, count: Self.keyLength)
        crypto_scalarmult_curve25519_base(&publicKey, secretKey.pointer)
        self.secretKey = secretKey
        self.publicKey = publicKey
    }

    /// The raw X25519 shared point. Use ``sharedKey(with:context:)`` for anything but test vectors.
    package func sharedPoint(with peer: [UInt8]) throws(SodiumError) -> SecretBytes {
        try requireLength(of: "X25519 public key", peer.count, Self.keyLength)
        var status: Int32 = -1
        let point = SecretBytes(count: Self.keyLength) {
            status = crypto_scalarmult_curve25519($0, secretKey.pointer, peer)
        }
        guard status == 0 else { throw .weakPublicKey }
        return point
    }

    /// Whether `publicKey`, of 32 bytes, has low order: every secret scalar would give the same
    /// point.
    package static func isWeak(_ publicKey: [UInt8]) -> Bool {
        precondition(publicKey.count == keyLength, "a public key of another length")
        // X25519 clears the three low bits of any scalar, so that it is a multiple of the cofactor.
        let scalar = [UInt8](repeating: 1, count: keyLength)
        var point = [UInt8](repeating: 0, count: keyLength)
        return crypto_scalarmult_curve25519(&point, scalar, publicKey) != 0
    }

    /// A 32-byte key that only the two parties know: BLAKE2b over the context, the shared point and
    /// both public keys in ascending order, so that both parties derive the same key.
    ///
    /// - Throws: ``SodiumError/weakPublicKey`` where the peer sent a low-order point.
    public func sharedKey(
        with peer: [UInt8], context: [UInt8]
    ) throws(SodiumError) -> SecretBytes {
        let point = try sharedPoint(with: peer)
        var hash = BLAKE2b(context: "covey key agreement")
        hash.update(lengthPrefixed: context)
        hash.update(point)
        let ownFirst = publicKey.lexicographicallyPrecedes(peer)
        hash.update(ownFirst ? publicKey : peer)
        hash.update(ownFirst ? peer : publicKey)
        return hash.finalizeSecret()
    }
}
