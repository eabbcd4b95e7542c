extension MappedBytes {
    /// Four bytes as a number, least significant byte first.
    ///
    /// - Precondition: They lie within the bytes.
    package func word(at offset: Int) -> UInt32 {
        withSpan {
            UInt32(littleEndian: $0.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
    }
}
