internal import CSodium

/// Key material in locked memory that overwrites itself when the last reference goes.
///
/// It cannot be printed or encoded, and it is compared in constant time.
///
/// `@unchecked Sendable`: the storage is written only inside initialisers and freed in `deinit`; the
/// one exception, ``refill(_:)``, asks for a unique reference.
public final class SecretBytes: @unchecked Sendable {
    /// The number of bytes.
    public let count: Int
    private let storage: UnsafeMutablePointer<UInt8>

    /// Allocates `count` zero bytes and lets `body` write them.
    init(count: Int, filledBy body: (UnsafeMutablePointer<UInt8>) -> Void) {
        self.count = count
        storage = SecretMemory.allocate(count).bindMemory(to: UInt8.self, capacity: max(count, 1))
        body(storage)
    }

    /// Takes over `bytes`. The caller's array is not erased.
    public convenience init(_ bytes: some Collection<UInt8>) {
        self.init(count: bytes.count) { storage in
            let target = UnsafeMutableBufferPointer(start: storage, count: bytes.count)
            let isCopied: Void? = bytes.withContiguousStorageIfAvailable {
                _ = target.update(fromContentsOf: $0)
            }
            guard isCopied == nil else { return }
            for (offset, byte) in bytes.enumerated() { storage[offset] = byte }
        }
    }

    /// Draws `count` bytes from `randomness`.
    public convenience init(count: Int, from randomness: inout some RandomSource) {
        var bytes = [UInt8](repeating: 0, count: count)
        randomness.fill(&bytes)
        self.init(bytes)
        bytes.withUnsafeMutableBytes { sodium_memzero($0.baseAddress, $0.count) }
    }

    /// Holds `wordCount` words of 64 bits, zero until `body` writes them.
    package convenience init(
        wordCount: Int, writing body: (inout MutableSpan<UInt64>) -> Void
    ) {
        self.init(count: 8 * wordCount) { storage in
            storage.withMemoryRebound(to: UInt64.self, capacity: wordCount) { words in
                var span = MutableSpan(_unsafeStart: words, count: wordCount)
                body(&span)
            }
        }
    }

    deinit { SecretMemory.release(UnsafeMutableRawPointer(storage), count) }

    /// Calls `body` with the bytes; they must not escape it.
    public func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(Span(_unsafeStart: storage, count: count))
    }

    /// Calls `body` with the bytes as words of 64 bits in the machine's order; a rest of fewer than
    /// eight bytes is left out.
    package func withWords<Result, Failure: Error>(
        _ body: (Span<UInt64>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let words = UnsafeRawPointer(storage).assumingMemoryBound(to: UInt64.self)
        return try body(Span(_unsafeStart: words, count: count / 8))
    }

    /// A copy of the bytes in ordinary memory, for secrets that are about to be handed out.
    package func copy(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes outside the secret")
        return [UInt8](UnsafeBufferPointer(start: storage + range.lowerBound, count: range.count))
    }

    /// Overwrites the bytes of a secret to which there is no other reference.
    static func refill(
        _ secret: inout SecretBytes, _ body: (UnsafeMutablePointer<UInt8>) -> Void
    ) {
        precondition(isKnownUniquelyReferenced(&secret), "a shared secret cannot be overwritten")
        body(secret.storage)
    }

    var pointer: UnsafePointer<UInt8> { UnsafePointer(storage) }

    /// Whether both hold the same bytes, in time that depends on the length alone.
    public static func constantTimeEqual(_ left: SecretBytes, _ right: SecretBytes) -> Bool {
        left.count == right.count && sodium_memcmp(left.storage, right.storage, left.count) == 0
    }
}
