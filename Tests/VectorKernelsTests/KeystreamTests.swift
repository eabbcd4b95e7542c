import CVectorKernels
import Sodium
import Testing
import VectorKernels

/// Our ChaCha20 against libsodium's, and every instruction set against the portable one.
@Suite struct KeystreamTests {
    private static let sets: [Int32] = [
        COVEY_PORTABLE, COVEY_AVX2, COVEY_AVX512, COVEY_NEON,
    ].map { Int32($0.rawValue) }

    private func words(_ count: Int, _ key: [UInt8], counter: UInt32 = 0) throws -> [UInt32] {
        var words = [UInt32](repeating: 0, count: count)
        var stream = try ChaCha20(key: SecretBytes(key), counter: counter)
        stream.fill(&words)
        return words
    }

    /// Four million blocks of 64 bytes each way, in runs of every size up to 16,384 blocks.
    @Test(arguments: sets.filter { covey_has_instruction_set($0) != 0 })
    func `keystreams are libsodium's`(_ set: Int32) throws {
        var randomness = SeededRandomness(seed: 40, label: "keystream")
        var blocks = 0
        while blocks < 4_000_000 {
            var key = [UInt8](repeating: 0, count: 32)
            randomness.fill(&key)
            let count = Int.random(in: 1...262_144, using: &randomness)
            let block = UInt32.random(in: 0...1_000_000, using: &randomness)
            let expected = try words(count, key, counter: block)
            var sum = [UInt32](repeating: 7, count: count)
            covey_keystream_add32_with(set, &sum, count, key, UInt64(block), 0)
            #expect(zip(sum, expected).allSatisfy { $0 == $1 &+ 7 })
            covey_keystream_add32_with(set, &sum, count, key, UInt64(block), 1)
            #expect(sum.allSatisfy { $0 == 7 })
            var halves = [UInt16](repeating: 3, count: 2 * count)
            covey_keystream_add16_with(set, &halves, 2 * count, key, UInt64(block), 0)
            #expect(
                halves.indices.allSatisfy {
                    halves[$0]
                        == UInt16(truncatingIfNeeded: expected[$0 / 2] >> UInt32(16 * ($0 % 2)))
                        &+ 3
                })
            covey_keystream_add16_with(set, &halves, 2 * count, key, UInt64(block), 1)
            #expect(halves.allSatisfy { $0 == 3 })
            blocks += (count + 15) / 16
        }
    }

    @Test func `counters run on after 2^32 blocks`() throws {
        let key = [UInt8](0..<32)
        var filled = [UInt8](repeating: 0, count: 64 * 40)
        let last = UInt64(UInt32.max) - 19
        covey_keystream_fill(&filled, filled.count, key, 0, last)
        var expected = filled
        var stream = try ChaCha20(key: SecretBytes(key), counter: UInt32(last))
        stream.fill(&expected)
        #expect(filled == expected)
    }

    @Test(arguments: [12, 16, 20, 32])
    func `a range of a vector meets its part of the keystream`(bits: Int) throws {
        let key = [UInt8](32..<64)
        var whole = RingVector(zeros: 1000, bits: bits)
        whole.add(keystreamOf: key.span, subtracting: false, in: 0..<1000)
        var pieces = RingVector(zeros: 1000, bits: bits)
        for range in [0..<32, 320..<1000, 32..<320] {
            pieces.add(keystreamOf: key.span, subtracting: false, in: range)
        }
        #expect(pieces == whole)
        let stream = try words(1000, key)
        let mask = UInt32.max >> UInt32(32 - bits)
        let expected =
            bits <= 16
            ? (0..<1000).map { stream[$0 / 2] >> UInt32(16 * ($0 % 2)) & mask }
            : stream.map { $0 & mask }
        #expect(whole.elements == expected)
    }
}
