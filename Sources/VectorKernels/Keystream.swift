internal import CVectorKernels

/// The ChaCha20 keystream (RFC 8439, with the 64-bit block counter of the original cipher), faster
/// than libsodium's and equal to it.
public enum Keystream {
    /// The number of 32-bit words in a block.
    public static let blockWords = 16

    /// Replaces `words` by keystream from block `block` on, least significant byte first.
    ///
    /// - Parameter key: 32 bytes; the nonce is zero.
    public static func fill(_ words: inout [UInt32], key: Span<UInt8>, block: UInt64) {
        precondition(key.count == 32, "a ChaCha20 key has 32 bytes")
        words.withUnsafeMutableBytes { bytes in
            key.withUnsafeBufferPointer { key in
                guard let base = bytes.baseAddress else { return }
                covey_keystream_fill(
                    base.assumingMemoryBound(to: UInt8.self), bytes.count, key.baseAddress, 0,
                    block)
            }
        }
    }
}
