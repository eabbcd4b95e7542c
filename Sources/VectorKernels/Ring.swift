internal import CVectorKernels

/// Arithmetic on vectors over Z_2^32, and their packing at fewer bits.
///
/// Z_2^b for b < 32 is Z_2^32 with the upper bits ignored: reduce once, when packing.
public enum Ring {
    /// Adds `terms` to the elements of `sum` from `offset` on.
    public static func add(_ terms: [UInt32], to sum: inout [UInt32], at offset: Int = 0) {
        let count = min(terms.count, sum.count - offset)
        precondition(offset >= 0 && count >= 0, "offset outside the vector")
        sum.withUnsafeMutableBufferPointer { sum in
            guard let base = sum.baseAddress else { return }
            covey_ring_add(base + offset, terms, count)
        }
    }

    /// Subtracts `terms` from the elements of `sum` from `offset` on.
    public static func subtract(_ terms: [UInt32], from sum: inout [UInt32], at offset: Int = 0) {
        let count = min(terms.count, sum.count - offset)
        precondition(offset >= 0 && count >= 0, "offset outside the vector")
        sum.withUnsafeMutableBufferPointer { sum in
            guard let base = sum.baseAddress else { return }
            covey_ring_subtract(base + offset, terms, count)
        }
    }

    /// The sums of two vectors of signed integers of the same length, as elements of Z_2^32.
    public static func sum(_ left: [Int32], _ right: [Int32]) -> [UInt32] {
        precondition(left.count == right.count, "vectors of different lengths")
        var sum = left.map { UInt32(bitPattern: $0) }
        sum.withUnsafeMutableBufferPointer { sum in
            right.withUnsafeBytes { right in
                guard let base = sum.baseAddress, let terms = right.baseAddress else { return }
                covey_ring_add(base, terms.assumingMemoryBound(to: UInt32.self), sum.count)
            }
        }
        return sum
    }

    /// The number of bytes that `count` values of `bits` bits take.
    public static func packedByteCount(count: Int, bits: Int) -> Int { (count * bits + 7) / 8 }

    /// The low `bits` (1 to 32) bits of each value, one after the other, least significant first.
    public static func pack(_ values: [UInt32], bits: Int) -> [UInt8] {
        precondition((1...32).contains(bits), "a width outside 1...32")
        let size = packedByteCount(count: values.count, bits: bits)
        return [UInt8](unsafeUninitializedCapacity: size) { packed, initialized in
            packed.initialize(repeating: 0)
            if let base = packed.baseAddress {
                covey_ring_pack(base, values, values.count, UInt32(bits))
            }
            initialized = size
        }
    }

    /// The `count` values that ``pack(_:bits:)`` wrote, or nil where the number of bytes is wrong.
    public static func unpack(_ packed: [UInt8], count: Int, bits: Int) -> [UInt32]? {
        precondition((1...32).contains(bits), "a width outside 1...32")
        guard packed.count == packedByteCount(count: count, bits: bits) else { return nil }
        return [UInt32](unsafeUninitializedCapacity: count) { values, initialized in
            if let base = values.baseAddress {
                covey_ring_unpack(base, packed, count, UInt32(bits))
            }
            initialized = count
        }
    }
}
