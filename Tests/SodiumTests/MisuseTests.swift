import Sodium
import Testing

@Suite struct MisuseTests {
    private let key = SecretBytes([UInt8](repeating: 3, count: 32))
    private let nonce = [UInt8](repeating: 4, count: 24)

    @Test func `any changed bit of a sealed message is a forgery`() throws {
        let sealed = try AuthenticatedEncryption.seal(
            SecretBytes([1, 2, 3]), key: key, nonce: nonce, associatedData: [9])
        for bit in 0..<8 * sealed.count {
            var altered = sealed
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: SodiumError.forgery) {
                try AuthenticatedEncryption.open(
                    altered, key: key, nonce: nonce, associatedData: [9])
            }
        }
        #expect(throws: SodiumError.forgery) {
            try AuthenticatedEncryption.open(sealed, key: key, nonce: nonce, associatedData: [8])
        }
        #expect(throws: SodiumError.forgery) {
            try AuthenticatedEncryption.open([1], key: key, nonce: nonce)
        }
    }

    @Test func `wrong lengths are refused`() throws {
        let short = SecretBytes([UInt8](repeating: 1, count: 31))
        #expect(throws: SodiumError.self) { try ChaCha20(key: short) }
        #expect(throws: SodiumError.self) { try ChaCha20(key: key, nonce: [1]) }
        #expect(throws: SodiumError.self) { try KeyAgreement(secretKey: short) }
        #expect(throws: SodiumError.self) { try SigningKey(seed: short) }
        #expect(throws: SodiumError.self) { _ = try BLAKE2b(outputLength: 15).finalize() }
        #expect(throws: SodiumError.self) {
            try AuthenticatedEncryption.seal(SecretBytes([]), key: short, nonce: nonce)
        }
        #expect(throws: SodiumError.self) {
            try AuthenticatedEncryption.seal(SecretBytes([]), key: key, nonce: [])
        }
        #expect(!SigningKey.isValid([1, 2], of: [], publicKey: [3]))
        let pair = try KeyAgreement(secretKey: key)
        #expect(throws: SodiumError.self) { try pair.sharedKey(with: [1, 2], context: []) }
    }

    @Test func `low-order public keys are refused`() throws {
        let pair = try KeyAgreement(secretKey: key)
        for first in [UInt8(0), 1] {
            let point = [first] + [UInt8](repeating: 0, count: 31)
            #expect(throws: SodiumError.weakPublicKey) {
                try pair.sharedKey(with: point, context: [])
            }
        }
    }

    @Test func `both parties agree on a key, and on another in another context`() throws {
        var randomness = SeededRandomness(seed: 1, label: "agreement")
        let left = KeyAgreement(from: &randomness)
        let right = KeyAgreement(from: &randomness)
        let agreed = try left.sharedKey(with: right.publicKey, context: [1])
        #expect(
            SecretBytes.constantTimeEqual(
                agreed, try right.sharedKey(with: left.publicKey, context: [1])))
        #expect(
            !SecretBytes.constantTimeEqual(
                agreed, try left.sharedKey(with: right.publicKey, context: [2])))
    }

    @Test func `seeded and public streams are fixed by seed and label`() {
        var first = SeededRandomness(seed: 7, label: "a", "b")
        var same = SeededRandomness(seed: 7, label: "a", "b")
        var joined = SeededRandomness(seed: 7, label: "ab")
        var system = SystemRandomness()
        let draw: UInt64 = first.next()
        let others: [UInt64] = [same.next(), joined.next(), system.next()]
        #expect(others[0] == draw && others[1] != draw && others[2] != draw)
        var order = PublicRandomness(seed: [1, 2], label: "test")
        let permutation = order.permutation(of: 100)
        #expect(permutation.sorted() == Array(0..<100))
        var again = PublicRandomness(seed: [1, 2], label: "test")
        #expect(again.permutation(of: 100) == permutation)
        var other = PublicRandomness(seed: [1, 2], label: "other")
        #expect(other.permutation(of: 100) != permutation)
    }
}

@Suite struct SecretMemoryTests {
    /// Slots of one size are used again, and come zeroed.
    @Test(arguments: [1, 32, 64, 65, 1000, 4096, 4097, 100_000])
    func `secrets of any size hold what was put into them`(count: Int) {
        for round in 0..<3 {
            let secrets = (0..<50).map { index in
                SecretBytes([UInt8](repeating: UInt8(index + round), count: count))
            }
            for (index, secret) in secrets.enumerated() {
                #expect(
                    secret.withBytes { bytes in
                        bytes.count == count
                            && bytes.indices.allSatisfy { bytes[$0] == UInt8(index + round) }
                    })
            }
            let words = SecretBytes(wordCount: (count + 7) / 8) { _ in }
            #expect(words.withWords { words in words.indices.allSatisfy { words[$0] == 0 } })
        }
    }

    @Test func `a copy of a source goes on with the same words`() {
        var source = SeededRandomness(seed: 3, label: "copy")
        _ = source.next()
        var copy = source
        let expected = (0..<2000).map { _ in source.next() }
        #expect((0..<2000).map { _ in copy.next() } == expected)
        var third = copy
        #expect(third.next() == copy.next() && copy.next() == third.next())
    }
}
