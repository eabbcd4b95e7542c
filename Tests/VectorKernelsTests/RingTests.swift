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
            let packed = RingVector(original, bits: bits).packed()
            #expect(packed.count == RingVector.packedByteCount(count: count, bits: bits))
            var unpacked = RingVector(zeros: count, bits: bits)
            let isAdded = unpacked.add(packed: packed[...])
            #expect(isAdded && unpacked.elements == original.map { $0 & mask })
            let isLongerAdded = unpacked.add(packed: (packed + [0])[...])
            #expect(!isLongerAdded && unpacked.elements == original.map { $0 & mask })
        }
    }

    @Test func `packing puts the least significant bits first`() {
        #expect(RingVector([0b101, 0b011, 0b110], bits: 3).packed() == [0b1001_1101, 0b1])
    }

    @Test(arguments: [3, 15, 16, 17, 32]) func `sums wrap around the modulus`(bits: Int) {
        let mask = UInt32.max >> UInt32(32 - bits)
        let (left, right) = (values(101, seed: 5), values(101, seed: 6))
        var sum = RingVector(left, bits: bits)
        sum.add(RingVector(right, bits: bits))
        let isAdded = sum.add(packed: RingVector(left, bits: bits).packed()[...])
        #expect(isAdded)
        for index in 0..<101 {
            #expect(sum.elements[index] == (2 &* left[index] &+ right[index]) & mask)
        }
        let terms = values(40, seed: 7).map { Int32(bitPattern: $0) }
        let before = sum
        sum.subtract(terms, at: 61)
        #expect(sum.elements[60] == before.elements[60])
        #expect(sum.elements[61] == (before.elements[61] &- UInt32(bitPattern: terms[0])) & mask)
        sum.add(terms, at: 61)
        #expect(sum == before)
    }

    @Test(arguments: [2, 8, 16, 17, 32]) func `elements are read with their sign`(bits: Int) {
        let least = -(Int64(1) << Int64(bits - 1))
        let all = [0, 1, -1, least, -least - 1].map { Int32(truncatingIfNeeded: $0) }
        #expect(
            RingVector(all.map { UInt32(bitPattern: $0) }, bits: bits).signedElements == all)
    }

    @Test(arguments: [1, 2, 8, 16, 64, 4096, 16384])
    func `the Hadamard transform is the matrix of signs (-1)^popcount(i and j)`(count: Int) {
        var vector = values(count, seed: 9).map { Float($0 >> 20) - 2048 }
        let original = vector
        Rotation.hadamard(&vector, in: 0..<count)
        for row in [0, 1, count / 2, count - 1] where row < count {
            let expected = original.enumerated().reduce(0.0) {
                $0 + Double($1.element) * ((row & $1.offset).nonzeroBitCount % 2 == 0 ? 1 : -1)
            }
            #expect(abs(Double(vector[row]) - expected) <= 1e-5 * Double(count) * 2048)
        }
        Rotation.hadamard(&vector, in: 0..<count)
        for index in 0..<count {
            #expect(abs(vector[index] / Float(count) - original[index]) < 0.5)
        }
    }

    @Test func `scaling changes the signs that are set, in the range`() {
        var vector = values(100, seed: 2).map { Float($0 >> 20) }
        let original = vector
        let signs = values(3, seed: 8)
        Rotation.scale(&vector, in: 5..<95, by: 0.5, signs: signs)
        for index in 0..<100 {
            let bit =
                index >= 5 && index < 95
                ? signs[(index - 5) / 32] >> UInt32((index - 5) % 32) & 1 : 0
            let factor: Float = index < 5 || index >= 95 ? 1 : (bit == 1 ? -0.5 : 0.5)
            #expect(vector[index] == factor * original[index])
        }
    }

    @Test func `rounding goes to a neighbouring integer and reports the sum of squares`() {
        let vector = values(1000, seed: 3).map { Float($0) / Float(UInt32.max) * 20 - 10 }
        var rounded = [Int32](repeating: 0, count: 1000)
        let squares = Rotation.roundRandomly(
            vector, in: 0..<1000, scale: 3, random: values(1000, seed: 4), into: &rounded)
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
        #expect(forward.values() == backward.values())
        #expect(forward.values()[..<4] == [0, 0, 0, 0])
        let exact = rows.reduce(0.0) { $0 + Double($1[2]) * 0.5 }
        #expect(abs(Double(forward.values()[6]) - exact) < 1e-6)
    }

    @Test(arguments: [1, 16, 19])
    func `short terms are the same sum in any order, among others and in parts`(width: Int) {
        // More of them than 32 bits hold, each as long as may be.
        var numbers = SeededNumbers(seed: 3)
        let terms = (0..<1500).map { term in
            (row: Int32(term % 3), scale: 0.5 + Double(numbers.next() % 1000) / 2000)
        }
        let values = (0..<width).map { Float($0 % 2 == 0 ? 2 : -1.3) }
        func sum(_ terms: some Sequence<(row: Int32, scale: Double)>) -> FixedPointSum {
            var sum = FixedPointSum(count: 4 * width, unit: 2)
            for term in terms {
                sum.addShort(rows: [term.row], width: width, values: values, scale: term.scale)
            }
            return sum
        }
        var whole = sum(terms)
        #expect(whole.values() == sum(terms.reversed()).values())
        var parts = sum(terms[..<700])
        parts.add(sum(terms[700...]))
        #expect(parts.values() == whole.values())
        for row in 0..<3 {
            let exact = terms.reduce(0.0) { $0 + (Int($1.row) == row ? $1.scale : 0) }
            for (column, value) in values.enumerated() {
                let found = Double(whole.values()[row * width + column])
                // 500 terms, each rounded to a multiple of 2^-20 and scaled in single precision.
                #expect(abs(found - exact * Double(value)) < 500 * 0x1p-20)
            }
        }
        #expect(whole.values()[(3 * width)...].allSatisfy { $0 == 0 })
        whole.add(rows: [3], width: width, values: values, scale: 100)
        #expect(whole.values()[3 * width] == 200)
    }
}
