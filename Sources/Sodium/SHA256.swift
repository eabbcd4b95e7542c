internal import CSodium

/// SHA-256 (FIPS 180-4), for what others define with it: transparency logs and signed notes.
public enum SHA256 {
    /// The length of a hash, in bytes.
    public static let length = 32

    /// The 32-byte hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        Library.require()
        return [UInt8](unsafeUninitializedCapacity: length) { output, count in
            if let address = output.baseAddress {
                crypto_hash_sha256(address, bytes, UInt64(bytes.count))
            }
            count = length
        }
    }
}
