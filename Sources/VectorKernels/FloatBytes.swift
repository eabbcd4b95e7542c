/// Float32 arrays as bytes, least significant byte first.
public enum FloatBytes {
    /// The bytes of `values`, four each.
    public static func encode(_ values: [Float]) -> [UInt8] { withEncoded(values) { [UInt8]($0) } }

    /// The bytes of `values`, four each, where they lie if they lie like that.
    package static func withEncoded<Result>(
        _ values: [Float], _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        #if _endian(little)
            values.withUnsafeBytes(body)
        #else
            values.map(\.bitPattern.littleEndian).withUnsafeBytes(body)
        #endif
    }

    /// The values that ``encode(_:)`` wrote; a rest of fewer than four bytes is ignored.
    public static func decode(_ bytes: some Collection<UInt8>) -> [Float] {
        let stored = [UInt8](bytes)
        let count = stored.count / 4
        return [Float](unsafeUninitializedCapacity: count) { values, initialized in
            stored.withUnsafeBytes { stored in
                for index in 0..<count {
                    let bits = stored.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
                    values.initializeElement(
                        at: index, to: Float(bitPattern: UInt32(littleEndian: bits)))
                }
            }
            initialized = count
        }
    }
}
