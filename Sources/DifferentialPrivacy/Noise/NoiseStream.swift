public import Sodium
internal import VectorKernels

/// The randomness that a noise seed stands for: whoever has the seed draws the same noise.
///
/// Two ChaCha20 streams under the seed as the key: with a nonce of zeros one word of 32 bits for
/// each coordinate, in order; with a nonce of zeros and a last byte of 1 the further bits of the
/// rare coordinates whose first word does not decide, in order, 64 at a time.
public struct NoiseStream: RandomSource {
    /// The length of a seed, in bytes.
    public static let seedLength = ChaCha20.keyLength

    private let seed: SecretBytes
    /// The next block of the coordinates' stream.
    private var block: UInt64 = 0
    private var furtherBits: KeystreamWords

    /// The stream of a 32-byte seed.
    public init(seed: SecretBytes) throws(SodiumError) {
        furtherBits = try KeystreamWords(
            key: seed, nonce: [UInt8](repeating: 0, count: ChaCha20.nonceLength - 1) + [1])
        self.seed = seed
    }

    /// The stream of a fresh seed.
    public init(from randomness: inout some RandomSource) throws(SodiumError) {
        try self.init(seed: SecretBytes(count: Self.seedLength, from: &randomness))
    }

    /// Replaces `words` by the next ones of the coordinates; a count that is no multiple of 16 uses
    /// up the block that it ends in.
    public mutating func fill(_ words: inout [UInt32]) {
        seed.withBytes { Keystream.fill(&words, key: $0, block: block) }
        block += UInt64((words.count + Keystream.blockWords - 1) / Keystream.blockWords)
    }

    /// Replaces `bytes` by the next whole words of the coordinates.
    public mutating func fill(_ bytes: inout [UInt8]) {
        var words = [UInt32](repeating: 0, count: (bytes.count + 3) / 4)
        fill(&words)
        for index in bytes.indices {
            bytes[index] = UInt8(truncatingIfNeeded: words[index / 4] >> UInt32(8 * (index % 4)))
        }
    }

    /// The next 64 further bits.
    public mutating func next() -> UInt64 { furtherBits.next() }
}
