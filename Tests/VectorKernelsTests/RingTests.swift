import Testing
import VectorKernels

@Suite struct RingTests {
    private func values(_ count: Int, seed: UInt64) -> [UInt32] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt32(truncatingIfNeeded: state >> 32)
        }
    }

    @Test(arguments: 1...32) func `packing round-trips at every width`(bits: Int) {
        for count in [0, 1, 7, 8, 33, 1000] {
            let mask = UInt32.max >> UInt32(32 - bits)
            let original = values(count, seed: UInt64(bits + count))
            let packed = Ring.pack(original, bits: bits)
            #expect(packed.count == Ring.packedByteCount(count: count, bits: bits))
            #expect(Ring.unpack(packed, count: count, bits: bits) == original.map { $0 & mask })
            #expect(Ring.unpack(packed + [0], count: count, bits: bits) == nil)
        }
    }

    @Test func `packing puts the least significant bits first`() {
        #expect(Ring.pack([0b101, 0b011, 0b110], bits: 3) == [0b1001_1101, 0b1])
    }

    @Test func `addition and subtraction wrap, from an offset on`() {
        let terms = values(100, seed: 5)
        var sum = values(150, seed: 6)
        let before = sum
        Ring.add(terms, to: &sum, at: 50)
        for index in 0..<150 {
            #expect(sum[index] == before[index] &+ (index < 50 ? 0 : terms[index - 50]))
        }
        Ring.subtract(terms, from: &sum, at: 50)
        #expect(sum == before)
        #expect(Ring.sum([-1, .max], [2, 1]) == [1, 0x8000_0000])
    }

    @Test(arguments: [1, 2, 8, 16, 64, 4096, 16384])
    func `the Hadamard transform is the matrix of signs (-1)^popcount(i and j)`(count: Int) {
        var vector = values(count, seed: 9).map { Float($0 >> 20) - 2048 }
        let original = vector
        Rotation.hadamard(&vector)
        for row in [0, 1, count / 2, count - 1] where row < count {
            let expected = original.enumerated().reduce(0.0) {
                $0 + Double($1.element) * ((row & $1.offset).nonzeroBitCount % 2 == 0 ? 1 : -1)
            }
            #expect(abs(Double(vector[row]) - expected) <= 1e-5 * Double(count) * 2048)
        }
        Rotation.hadamard(&vector)
        for index in 0..<count {
            #expect(abs(vector[index] / Float(count) - original[index]) < 0.5)
        }
    }

    @Test func `rounding goes to a neighbouring integer and reports the sum of squares`() {
        let vector = values(1000, seed: 3).map { Float($0) / Float(UInt32.max) * 20 - 10 }
        var rounded = [Int32](repeating: 0, count: 1000)
        let squares = Rotation.roundRandomly(
            vector, scale: 3, random: values(1000, seed: 4), into: &rounded)
        var expected: Int64 = 0
        for (value, result) in zip(vector, rounded) {
            #expect(abs(Float(result) - 3 * value) <= 1)
            expected += Int64(result) * Int64(result)
        }
        #expect(squares == expected)
    }

    @Test func `a fixed-point sum does not depend on the order`() {
        let rows = (0..<50).map { values(4, seed: UInt64($0)).map { Float($0) * 1e-10 - 0.2 } }
        var forward = FixedPointSum(count: 8, unit: 1)
        var backward = FixedPointSum(count: 8, unit: 1)
        for row in rows { forward.add(rows: [1], width: 4, values: row, scale: 0.5) }
        for row in rows.reversed() { backward.add(rows: [1], width: 4, values: row, scale: 0.5) }
        #expect(forward.values == backward.values)
        #expect(forward.values[..<4] == [0, 0, 0, 0])
        let exact = rows.reduce(0.0) { $0 + Double($1[2]) * 0.5 }
        #expect(abs(Double(forward.values[6]) - exact) < 1e-6)
    }
}
