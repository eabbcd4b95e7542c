internal import CSodium

/// The ChaCha20 keystream (RFC 8439 section 2.4), read from front to back.
///
/// After 2^32 blocks of 64 bytes, the range of RFC 8439's counter, the stream goes on as in Bernstein's
/// original cipher, whose 64-bit counter takes in the first word of the nonce.
public struct ChaCha20: Sendable {
    /// The length of a key, in bytes.
    public static let keyLength = 32
    /// The length of a nonce, in bytes.
    public static let nonceLength = 12
    static let blockLength = 64

    private let key: SecretBytes
    private var nonce: [UInt8]
    private var counter: UInt32

    /// Starts a keystream at block `counter`.
    public init(
        key: SecretBytes, nonce: [UInt8] = [UInt8](repeating: 0, count: nonceLength),
        counter: UInt32 = 0
    ) throws(SodiumError) {
        try requireLength(of: "ChaCha20 key", key.count, Self.keyLength)
        try requireLength(of: "ChaCha20 nonce", nonce.count, Self.nonceLength)
        self.key = key
        self.nonce = nonce
        self.counter = counter
    }

    /// Starts the keystream of a key that is known to have the right length.
    init(checkedKey key: SecretBytes) {
        precondition(key.count == Self.keyLength, "a ChaCha20 key of another length")
        self.key = key
        nonce = [UInt8](repeating: 0, count: Self.nonceLength)
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

    private mutating func fill(_ target: UnsafeMutableRawBufferPointer) {
        guard let start = target.baseAddress else { return }
        let bytes = start.assumingMemoryBound(to: UInt8.self)
        start.initializeMemory(as: UInt8.self, repeating: 0, count: target.count)
        var done = 0
        while done < target.count {
            let blocksLeft = Int(UInt32.max - counter) + 1
            let length = min(target.count - done, blocksLeft * Self.blockLength)
            crypto_stream_chacha20_ietf_xor_ic(
                bytes + done, bytes + done, UInt64(length), nonce, counter, key.pointer)
            advance(by: (length + Self.blockLength - 1) / Self.blockLength)
            done += length
        }
    }

    /// Moves the counter by at most its range, and carries into the first word of the nonce.
    private mutating func advance(by blocks: Int) {
        let next = UInt64(counter) + UInt64(blocks)
        counter = UInt32(truncatingIfNeeded: next)
        guard next > UInt64(UInt32.max) else { return }
        for index in 0..<4 {
            nonce[index] &+= 1
            if nonce[index] != 0 { break }
        }
    }
}
