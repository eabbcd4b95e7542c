internal import CSodium

/// A source of random bits for noise, masks and keys.
///
/// ``SystemRandomness`` is for every real session, ``SeededRandomness`` for simulations and tests. Code that
/// must never run on a seed asks for ``SystemRandomness`` by name.
public protocol RandomSource: Sendable {
    /// Replaces `bytes` by uniformly random ones.
    mutating func fill(_ bytes: inout [UInt8])
    /// Replaces `words` by uniformly random ones.
    mutating func fill(_ words: inout [UInt32])
    /// The next 64 uniformly random bits.
    mutating func next() -> UInt64
}

/// Cryptographically secure randomness: ChaCha20 under a key from the operating system.
///
/// A copy continues the same stream, so a session owns its source and never shares it.
public struct SystemRandomness: RandomSource {
    private var keystream: KeystreamWords

    /// Draws a fresh 256-bit key from the operating system.
    public init() {
        let key = SecretBytes(count: ChaCha20.keyLength) { randombytes_buf($0, ChaCha20.keyLength) }
        keystream = KeystreamWords(ChaCha20(checkedKey: key))
    }

    /// Replaces `bytes` by uniformly random ones.
    public mutating func fill(_ bytes: inout [UInt8]) { keystream.fill(&bytes) }
    /// Replaces `words` by uniformly random ones.
    public mutating func fill(_ words: inout [UInt32]) { keystream.fill(&words) }
    /// The next 64 uniformly random bits.
    public mutating func next() -> UInt64 { keystream.next() }
}

/// Reproducible randomness for simulations and tests. It protects nobody.
///
/// Independent streams are derived by label: the same seed and label give the same stream on every
/// machine, whatever else was drawn before.
public struct SeededRandomness: RandomSource, RandomNumberGenerator {
    private var keystream: KeystreamWords

    /// The stream of `seed` for a `label` path such as `["round", "3", "device", "17"]`.
    public init(seed: UInt64, label: String...) {
        var hash = BLAKE2b(context: "covey simulation seed")
        hash.update(seed)
        for part in label { hash.update(lengthPrefixed: part.utf8) }
        keystream = KeystreamWords(ChaCha20(checkedKey: hash.finalizeSecret()))
    }

    /// Replaces `bytes` by uniformly random ones.
    public mutating func fill(_ bytes: inout [UInt8]) { keystream.fill(&bytes) }
    /// Replaces `words` by uniformly random ones.
    public mutating func fill(_ words: inout [UInt32]) { keystream.fill(&words) }
    /// The next 64 uniformly random bits.
    public mutating func next() -> UInt64 { keystream.next() }
}
