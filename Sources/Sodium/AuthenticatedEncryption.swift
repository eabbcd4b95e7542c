internal import CSodium

/// XChaCha20-Poly1305 with associated data (draft-irtf-cfrg-xchacha-03), for secrets that travel.
public enum AuthenticatedEncryption {
    /// The length of a key, in bytes.
    public static let keyLength = 32
    /// The length of a nonce, in bytes; random nonces do not repeat in practice.
    public static let nonceLength = 24
    /// How much longer a ciphertext is than its plaintext, in bytes, nonce not counted.
    public static let tagLength = 16

    /// Encrypts `message`, authenticates it together with `associatedData`, and returns
    /// ciphertext and tag.
    public static func seal(
        _ message: SecretBytes, key: SecretBytes, nonce: [UInt8], associatedData: [UInt8] = []
    ) throws(SodiumError) -> [UInt8] {
        try requireLength(of: "XChaCha20-Poly1305 key", key.count, keyLength)
        try requireLength(of: "XChaCha20-Poly1305 nonce", nonce.count, nonceLength)
        var sealed = [UInt8](repeating: 0, count: message.count + tagLength)
        crypto_aead_xchacha20poly1305_ietf_encrypt(
            &sealed, nil, message.pointer, UInt64(message.count), associatedData,
            UInt64(associatedData.count), nil, nonce, key.pointer)
        return sealed
    }

    /// Decrypts what ``seal(_:key:nonce:associatedData:)`` made.
    ///
    /// - Throws: ``SodiumError/forgery`` where any input differs from the one it was sealed with.
    public static func open(
        _ sealed: [UInt8], key: SecretBytes, nonce: [UInt8], associatedData: [UInt8] = []
    ) throws(SodiumError) -> SecretBytes {
        try requireLength(of: "XChaCha20-Poly1305 key", key.count, keyLength)
        try requireLength(of: "XChaCha20-Poly1305 nonce", nonce.count, nonceLength)
        guard sealed.count >= tagLength else { throw .forgery }
        var status: Int32 = -1
        let message = SecretBytes(count: sealed.count - tagLength) {
            status = crypto_aead_xchacha20poly1305_ietf_decrypt(
                $0, nil, nil, sealed, UInt64(sealed.count), associatedData,
                UInt64(associatedData.count), nonce, key.pointer)
        }
        guard status == 0 else { throw .forgery }
        return message
    }
}
