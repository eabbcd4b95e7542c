internal import CSodium

/// Incremental BLAKE2b (RFC 7693) with 16 to 64 bytes of output, optionally keyed.
///
/// The running state is erased when the hash is finalised or dropped.
public struct BLAKE2b: ~Copyable {
    private let storage: UnsafeMutableRawPointer
    private let outputLength: Int

    /// Starts a hash of `outputLength` bytes, keyed where `key` is given (16 to 64 bytes).
    public init(outputLength: Int = 32, key: SecretBytes? = nil) throws(SodiumError) {
        guard (16...64).contains(outputLength) else {
            throw .wrongLength(of: "BLAKE2b output", expected: 32, actual: outputLength)
        }
        if let key, !(16...64).contains(key.count) {
            throw .wrongLength(of: "BLAKE2b key", expected: 32, actual: key.count)
        }
        self.init(checkedLength: outputLength, key: key)
    }

    /// Starts a 32-byte hash.
    public init() { self.init(checkedLength: 32, key: nil) }

    /// Starts a 32-byte hash that begins with `context`, so that no other use of it can collide.
    public init(context: StaticString) {
        self.init()
        context.withUTF8Buffer {
            update(UInt64($0.count))
            update(UnsafeRawBufferPointer($0))
        }
    }

    private init(checkedLength outputLength: Int, key: SecretBytes?) {
        Library.require()
        self.outputLength = outputLength
        storage = .allocate(byteCount: crypto_generichash_statebytes(), alignment: 64)
        crypto_generichash_init(OpaquePointer(storage), key?.pointer, key?.count ?? 0, outputLength)
    }

    deinit {
        sodium_memzero(storage, crypto_generichash_statebytes())
        storage.deallocate()
    }

    /// Appends `bytes`.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// Appends `bytes`.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        crypto_generichash_update(
            OpaquePointer(storage), bytes.assumingMemoryBound(to: UInt8.self).baseAddress,
            UInt64(bytes.count))
    }

    /// Appends the length as eight bytes, least significant first, then the bytes.
    public mutating func update(lengthPrefixed bytes: some Collection<UInt8>) {
        update(UInt64(bytes.count))
        update([UInt8](bytes))
    }

    /// Appends `value` as eight bytes, least significant first.
    public mutating func update(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { update($0) }
    }

    /// Appends a secret.
    package mutating func update(_ secret: SecretBytes) {
        crypto_generichash_update(OpaquePointer(storage), secret.pointer, UInt64(secret.count))
    }

    /// The hash of everything appended.
    public consuming func finalize() -> [UInt8] {
        var output = [UInt8](repeating: 0, count: outputLength)
        crypto_generichash_final(OpaquePointer(storage), &output, outputLength)
        return output
    }

    /// The hash of everything appended, where it is a key.
    public consuming func finalizeSecret() -> SecretBytes {
        SecretBytes(count: outputLength) {
            crypto_generichash_final(OpaquePointer(storage), $0, outputLength)
        }
    }

    /// The 32-byte hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        Library.require()
        return [UInt8](unsafeUninitializedCapacity: 32) { output, count in
            if let address = output.baseAddress {
                crypto_generichash(address, 32, bytes, UInt64(bytes.count), nil, 0)
            }
            count = 32
        }
    }
}
