/// A ChaCha20 keystream cut into words, from a 4 KiB buffer. A copy goes on with the same words.
package struct KeystreamWords: Sendable {
    private static let bufferedBytes = 4096
    private var stream: ChaCha20
    private var buffer: SecretBytes?
    private var position = 0

    init(_ stream: ChaCha20) { self.stream = stream }

    /// Starts a keystream.
    package init(key: SecretBytes, nonce: [UInt8]) throws(SodiumError) {
        stream = try ChaCha20(key: key, nonce: nonce)
    }

    package mutating func next() -> UInt64 {
        if position == 0 { refill() }
        guard let buffer else { preconditionFailure("a buffer that was filled") }
        let word = buffer.withWords { $0[position] }
        position = (position + 1) % (Self.bufferedBytes / 8)
        return UInt64(littleEndian: word)
    }

    private mutating func refill() {
        func write(_ bytes: UnsafeMutablePointer<UInt8>) {
            stream.fill(UnsafeMutableRawBufferPointer(start: bytes, count: Self.bufferedBytes))
        }
        if var own = buffer.take(), isKnownUniquelyReferenced(&own) {
            SecretBytes.refill(&own, write)
            buffer = own
        } else {
            buffer = SecretBytes(count: Self.bufferedBytes, filledBy: write)
        }
    }

    mutating func fill(_ words: inout [UInt32]) { stream.fill(&words) }
    mutating func fill(_ bytes: inout [UInt8]) { stream.fill(&bytes) }
}
