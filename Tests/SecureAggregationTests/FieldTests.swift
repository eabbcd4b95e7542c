import SecureAggregation
import Sodium
import Testing

@Suite struct MersenneFieldTests {
    private let edges: [UInt64] = [
        0, 1, 2, 1 << 31, 1 << 60, MersenneElement.modulus - 2, MersenneElement.modulus - 1,
    ]

    private func elements(seed: UInt64) throws -> [MersenneElement] {
        var randomness = SeededRandomness(seed: seed, label: "field")
        return try edges.map { try #require(MersenneElement($0)) }
            + (0..<20).map { _ in MersenneElement.random(from: &randomness) }
    }

    @Test func `sums, differences and products are those of integers modulo p`() throws {
        let modulus = UInt128(MersenneElement.modulus)
        for x in try elements(seed: 1) {
            for y in try elements(seed: 2) {
                let (left, right) = (UInt128(x.value), UInt128(y.value))
                #expect(UInt128((x + y).value) == (left + right) % modulus)
                #expect(UInt128((x - y).value) == (left + modulus - right) % modulus)
                #expect(UInt128((x * y).value) == left * right % modulus)
            }
        }
    }

    @Test func `every element but zero has an inverse`() throws {
        for x in try elements(seed: 3) {
            #expect(x * x.inverse == (x == .zero ? .zero : .one))
        }
    }

    @Test func `numbers from p on are no elements`() {
        #expect(MersenneElement.modulus == 2_305_843_009_213_693_951)
        #expect(MersenneElement(MersenneElement.modulus) == nil)
        #expect(MersenneElement(.max) == nil)
    }
}

@Suite struct SecretSharingTests {
    private func secret(_ randomness: inout SeededRandomness) -> SecretBytes {
        SecretBytes(count: 32, from: &randomness)
    }

    @Test func `any threshold of the shares restores the secret`() throws {
        var randomness = SeededRandomness(seed: 4, label: "sharing")
        for trial in 0..<200 {
            let secret = secret(&randomness)
            let devices = Array(
                Set((0..<20).map { _ in Int.random(in: 0..<1 << 20, using: &randomness) }))
            let threshold = Int.random(in: 1...devices.count, using: &randomness)
            let shares = SecretSharing.split(
                secret, among: devices, threshold: threshold, randomness: &randomness)
            let entries = zip(devices, shares).map { (device: $0, share: $1) }
                .shuffled(using: &randomness)
            for count in Set([threshold, devices.count]) {
                let restored = try #require(
                    SecretSharing.restore(Array(entries.prefix(count))), "trial \(trial)")
                #expect(SecretBytes.constantTimeEqual(restored, secret), "trial \(trial)")
            }
        }
    }

    @Test func `fewer shares than the threshold restore nothing or another secret`() {
        var randomness = SeededRandomness(seed: 5, label: "sharing")
        for trial in 0..<200 {
            let secret = secret(&randomness)
            let threshold = Int.random(in: 2...10, using: &randomness)
            let devices = Array(0..<threshold)
            let shares = SecretSharing.split(
                secret, among: devices, threshold: threshold, randomness: &randomness)
            let entries = zip(devices, shares).map { (device: $0, share: $1) }
            let restored = SecretSharing.restore(Array(entries.dropLast()))
            #expect(
                restored.map { !SecretBytes.constantTimeEqual($0, secret) } ?? true,
                "trial \(trial)")
        }
    }

    /// One share less than the threshold fits every secret equally well: for any other value of a limb
    /// there is exactly one share of the missing device that completes it.
    @Test func `shares below the threshold fit any secret`() throws {
        var randomness = SeededRandomness(seed: 6, label: "sharing")
        let devices = [3, 8, 21]
        let shares = SecretSharing.split(
            secret(&randomness), among: devices, threshold: 3, randomness: &randomness)
        let other = secret(&randomness)
        // The polynomials through the other secret at 0 and the first two shares.
        let points = devices.map(SecretSharing.point)
        let limbs = SecretSharing.split(other, among: [0], threshold: 1, randomness: &randomness)[0]
        let values = (0..<SecretSharing.limbs).map { limb in
            let nodes =
                [(MersenneElement.zero, limbs.values[limb])]
                + (0..<2).map { (points[$0], shares[$0].values[limb]) }
            return nodes.indices.reduce(MersenneElement.zero) { sum, own in
                nodes.indices.filter { $0 != own }.reduce(nodes[own].1) {
                    $0 * (points[2] - nodes[$1].0) * (nodes[own].0 - nodes[$1].0).inverse
                } + sum
            }
        }
        let forged = SecretSharing.Share(values: values)
        let restored = try #require(
            SecretSharing.restore([(3, shares[0]), (8, shares[1]), (21, forged)]))
        #expect(SecretBytes.constantTimeEqual(restored, other))
    }

    @Test func `shares are read back from their bytes, and nothing outside the field is`() throws {
        var randomness = SeededRandomness(seed: 7, label: "sharing")
        let share = SecretSharing.split(
            secret(&randomness), among: [5], threshold: 1, randomness: &randomness)[0]
        #expect(share.bytes.count == 40)
        #expect(SecretSharing.Share(bytes: share.bytes) == share)
        #expect(SecretSharing.Share(bytes: share.bytes.dropLast()) == nil)
        #expect(SecretSharing.Share(bytes: share.bytes + [0]) == nil)
        for limb in 0..<SecretSharing.limbs {
            var bytes = share.bytes
            bytes.replaceSubrange(
                8 * limb..<8 * limb + 8, with: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f])
            #expect(SecretSharing.Share(bytes: bytes) == nil)
        }
    }
}
