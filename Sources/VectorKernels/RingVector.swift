internal import CVectorKernels

/// A vector over Z_2^b for a b of 1 to 32, kept in lanes of 16 bits where they are enough, which
/// halves the keystream that a mask takes, and of 32 bits elsewhere.
///
/// Bits of a lane above b carry no meaning: they are dropped when elements are read or packed.
public struct RingVector: Sendable {
    /// The number of elements.
    public let count: Int
    /// The b of Z_2^b.
    public let bits: Int
    /// The lanes, two in a word where they have 16 bits.
    private var words: [UInt32]

    /// Keystreams of whole blocks start at multiples of this many elements.
    public static let blockElements = 32

    /// A vector of zeros.
    public init(zeros count: Int, bits: Int) {
        precondition((1...32).contains(bits) && count >= 0, "a width outside 1...32")
        self.count = count
        self.bits = bits
        words = [UInt32](repeating: 0, count: bits <= 16 ? (count + 1) / 2 : count)
    }

    /// The vector of `elements`, of which the low `bits` bits count.
    public init(_ elements: [UInt32], bits: Int) {
        self.init(zeros: elements.count, bits: bits)
        add(elements.map { Int32(bitPattern: $0) })
    }

    private var isNarrow: Bool { bits <= 16 }

    /// The elements, each below 2^b.
    public var elements: [UInt32] {
        let mask = UInt32.max >> UInt32(32 - bits)
        guard isNarrow else { return words.map { $0 & mask } }
        return (0..<count).map { words[$0 / 2] >> UInt32(16 * ($0 % 2)) & mask }
    }

    /// The elements as integers from -2^(b-1) to 2^(b-1) - 1.
    public var signedElements: [Int32] {
        let unused = UInt32(32 - bits)
        return elements.map { Int32(bitPattern: $0 << unused) >> Int32(unused) }
    }

    /// The size on the wire, in bytes.
    public static func packedByteCount(count: Int, bits: Int) -> Int { (count * bits + 7) / 8 }

    /// The elements one after the other at `bits` bits each, least significant bit first; the last
    /// byte is filled with zeros.
    public func packed() -> [UInt8] {
        let size = Self.packedByteCount(count: count, bits: bits)
        return [UInt8](unsafeUninitializedCapacity: size) { packed, initialized in
            if let base = packed.baseAddress {
                words.withUnsafeBytes { lanes in
                    if isNarrow {
                        covey_pack16(
                            base, lanes.assumingMemoryBound(to: UInt16.self).baseAddress, count,
                            UInt32(bits))
                    } else {
                        covey_pack32(
                            base, lanes.assumingMemoryBound(to: UInt32.self).baseAddress, count,
                            UInt32(bits))
                    }
                }
            }
            initialized = size
        }
    }

    /// Adds a vector that ``packed()`` wrote.
    ///
    /// - Returns: False, with nothing added, where the number of bytes is not that of this vector.
    public mutating func add(packed: ArraySlice<UInt8>) -> Bool {
        guard packed.count == Self.packedByteCount(count: count, bits: bits) else { return false }
        let (count, bits) = (count, UInt32(bits))
        packed.withUnsafeBufferPointer { packed in
            withLanes {
                covey_unpack_add16($0, packed.baseAddress, count, bits)
            } wide: {
                covey_unpack_add32($0, packed.baseAddress, count, bits)
            }
        }
        return true
    }

    /// Adds or subtracts the ChaCha20 keystream of a 32-byte key: two bytes an element where b is
    /// at most 16, four elsewhere, least significant first; element i of the vector meets the
    /// keystream's i-th.
    ///
    /// - Parameter range: The elements to change, from a multiple of ``blockElements``.
    public mutating func add(
        keystreamOf key: Span<UInt8>, subtracting: Bool, in range: Range<Int>
    ) {
        precondition(key.count == 32 && range.lowerBound % Self.blockElements == 0)
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "outside the vector")
        let negative: Int32 = subtracting ? 1 : 0
        let bytes = range.lowerBound * (isNarrow ? 2 : 4)
        let (start, length, block) = (range.lowerBound, range.count, UInt64(bytes / 64))
        key.withUnsafeBufferPointer { key in
            withLanes {
                covey_keystream_add16($0 + start, length, key.baseAddress, block, negative)
            } wide: {
                covey_keystream_add32($0 + start, length, key.baseAddress, block, negative)
            }
        }
    }

    /// Adds signed integers to the elements from `offset` on.
    public mutating func add(_ terms: [Int32], at offset: Int = 0) {
        combine(terms, at: offset, subtracting: false)
    }

    /// Subtracts signed integers from the elements from `offset` on.
    public mutating func subtract(_ terms: [Int32], at offset: Int = 0) {
        combine(terms, at: offset, subtracting: true)
    }

    private mutating func combine(_ terms: [Int32], at offset: Int, subtracting: Bool) {
        precondition(offset >= 0 && offset + terms.count <= count, "outside the vector")
        let negative: Int32 = subtracting ? 1 : 0
        withLanes {
            covey_ring_combine16($0 + offset, terms, terms.count, negative)
        } wide: {
            covey_ring_combine32($0 + offset, terms, terms.count, negative)
        }
    }

    /// Adds another vector of the same kind.
    public mutating func add(_ other: RingVector) {
        precondition(other.count == count && other.bits == bits, "another kind of vector")
        other.words.withUnsafeBytes { terms in
            let (wordCount, count) = (words.count, count)
            withLanes {
                covey_ring_add16($0, terms.assumingMemoryBound(to: UInt16.self).baseAddress, count)
            } wide: {
                covey_ring_add32(
                    $0, terms.assumingMemoryBound(to: UInt32.self).baseAddress, wordCount)
            }
        }
    }

    private mutating func withLanes(
        narrow: (UnsafeMutablePointer<UInt16>) -> Void,
        wide: (UnsafeMutablePointer<UInt32>) -> Void
    ) {
        let isNarrow = isNarrow
        words.withUnsafeMutableBytes { lanes in
            guard let base = lanes.baseAddress else { return }
            if isNarrow {
                narrow(base.assumingMemoryBound(to: UInt16.self))
            } else {
                wide(base.assumingMemoryBound(to: UInt32.self))
            }
        }
    }
}

extension RingVector: Hashable {
    /// Whether both have the same width and elements.
    public static func == (left: RingVector, right: RingVector) -> Bool {
        left.bits == right.bits && left.elements == right.elements
    }

    /// Hashes width and elements.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(bits)
        hasher.combine(elements)
    }
}
