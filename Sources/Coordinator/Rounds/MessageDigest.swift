internal import Sodium

/// What is kept of a message that was accepted, to tell a retry from another message: the first 16
/// bytes of its BLAKE2b. Nothing but the answer to its own sender depends on it.
package struct MessageDigest: Sendable, Hashable {
    private let low: UInt64
    private let high: UInt64

    /// Hashes a message.
    package init(of message: [UInt8]) {
        let hash = BLAKE2b.hash(message)
        func word(_ range: Range<Int>) -> UInt64 {
            hash[range].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        low = word(0..<8)
        high = word(8..<16)
    }
}
