internal import CSodium

/// Key material that overwrites itself when the last reference goes.
///
/// It cannot be printed or encoded, and it is compared in constant time.
///
/// `@unchecked Sendable`: the storage is written only inside initialisers and freed in `deinit`.
public final class SecretBytes: @unchecked Sendable {
    /// The number of bytes.
    public let count: Int
    private let storage: UnsafeMutablePointer<UInt8>

    /// Allocates `count` bytes and lets `body` write them.
    init(count: Int, filledBy body: (UnsafeMutablePointer<UInt8>) -> Void) {
        Library.require()
        self.count = count
        storage = .allocate(capacity: max(count, 1))
        storage.initialize(repeating: 0, count: max(count, 1))
        body(storage)
    }

    /// Takes over `bytes`. The caller's array is not erased.
    public convenience init(_ bytes: some Collection<UInt8>) {
        self.init(count: bytes.count) { storage in
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

    deinit {
        sodium_memzero(storage, count)
        storage.deallocate()
    }

    /// Calls `body` with the bytes; they must not escape it.
    public func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(Span(_unsafeStart: storage, count: count))
    }

    var pointer: UnsafePointer<UInt8> { UnsafePointer(storage) }

    /// Whether both hold the same bytes, in time that depends on the length alone.
    public static func constantTimeEqual(_ left: SecretBytes, _ right: SecretBytes) -> Bool {
        left.count == right.count && sodium_memcmp(left.storage, right.storage, left.count) == 0
    }
}
