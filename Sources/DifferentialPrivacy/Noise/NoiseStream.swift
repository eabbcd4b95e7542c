public import Sodium

/// The randomness that a noise seed stands for: whoever has the seed draws the same noise.
///
/// Two ChaCha20 streams under the seed as the key: with a nonce of zeros one word of 32 bits for each
/// coordinate, in order; with a nonce of zeros and a last byte of 1 the further bits of the rare coordinates
/// whose first word does not decide, in order, 64 at a time.
public struct NoiseStream: RandomSource {
    /// The length of a seed, in bytes.
    public static let seedLength = ChaCha20.keyLength

    private var words: ChaCha20
    private var furtherBits: KeystreamWords

    /// The stream of a 32-byte seed.
    public init(seed: SecretBytes) throws(SodiumError) {
        words = try ChaCha20(key: seed)
        furtherBits = try KeystreamWords(
            key: seed, nonce: [UInt8](repeating: 0, count: ChaCha20.nonceLength - 1) + [1])
    }

    /// Replaces `words` by the next ones of the coordinates; a count that is no multiple of 16 ends
    /// the stream.
    public mutating func fill(_ words: inout [UInt32]) { self.words.fill(&words) }
    /// Replaces `bytes` by the next ones of the coordinates.
    public mutating func fill(_ bytes: inout [UInt8]) { words.fill(&bytes) }
    /// The next 64 further bits.
    public mutating func next() -> UInt64 { furtherBits.next() }
}
