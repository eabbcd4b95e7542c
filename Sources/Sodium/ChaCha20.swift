internal import CSodium

/// The ChaCha20 keystream (RFC 8439 section 2.4), read from front to back.
///
/// After 2^32 blocks of 64 bytes, the range of the RFC's block counter, the stream goes on with the
/// 64-bit counter of the original cipher: the carry goes into the first word of the nonce. Streams
/// of one key whose nonces differ in that word alone would overlap from there on.
public struct ChaCha20: Sendable {
    /// The length of a key, in bytes.
    public static let keyLength = 32
    /// The length of a nonce, in bytes.
    public static let nonceLength = 12
    static let blockLength = 64

    private let key: SecretBytes
    /// The last eight bytes of the nonce.
    private let nonce: [UInt8]
    /// The next block; the upper half starts as the first word of the nonce.
    private var counter: UInt64

    /// Starts a keystream at block `counter`.
    public init(
        key: SecretBytes, nonce: [UInt8] = [UInt8](repeating: 0, count: nonceLength),
        counter: UInt32 = 0
    ) throws(SodiumError) {
        try requireLength(of: "ChaCha20 key", key.count, Self.keyLength)
        try requireLength(of: "ChaCha20 nonce", nonce.count, Self.nonceLength)
        self.key = key
        let firstWord = nonce.prefix(4).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.nonce = [UInt8](nonce.dropFirst(4))
        self.counter = firstWord << 32 | UInt64(counter)
    }

    /// Starts the keystream of a key that is known to have the right length.
    init(checkedKey key: SecretBytes) {
        precondition(key.count == Self.keyLength, "a ChaCha20 key of another length")
        self.key = key
        nonce = [UInt8](repeating: 0, count: Self.nonceLength - 4)
        counter = 0
    }

    /// Replaces `bytes` by the next whole blocks of keystream; a partial last block is used up.
    public mutating func fill(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { fill($0) }
    }

    /// Replaces `words` by keystream, four bytes a word, least significant first.
    public mutating func fill(_ words: inout [UInt32]) {
        words.withUnsafeMutableBytes { fill($0) }
        #if _endian(big)
            for index in words.indices { words[index] = words[index].littleEndian }
        #endif
    }

    mutating func fill(_ target: UnsafeMutableRawBufferPointer) {
        guard let start = target.baseAddress else { return }
        let bytes = start.assumingMemoryBound(to: UInt8.self)
        start.initializeMemory(as: UInt8.self, repeating: 0, count: target.count)
        crypto_stream_chacha20_xor_ic(
            bytes, bytes, UInt64(target.count), nonce, counter, key.pointer)
        counter &+= UInt64((target.count + Self.blockLength - 1) / Self.blockLength)
    }
}
