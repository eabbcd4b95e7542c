internal import Sodium

/// What is kept of a message that was accepted, to tell a retry from another message. It is the same
/// in this process only. Nothing but the answer to its own sender depends on it.
package struct MessageDigest: Sendable, Hashable {
    private static let hash = UniversalHash()
    private let low: UInt64
    private let high: UInt64

    /// Hashes a message.
    package init(of message: [UInt8]) {
        let hash = Self.hash.hash(message)
        func word(_ range: Range<Int>) -> UInt64 {
            hash[range].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        low = word(0..<8)
        high = word(8..<16)
    }
}
