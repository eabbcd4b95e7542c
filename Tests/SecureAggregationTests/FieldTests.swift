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
    private func restore(_ shares: [(device: Int, share: [UInt8])], _ place: Int = 0)
        -> SecretBytes?
    {
        SecretSharing.restore(
            shares.map {
                $0.share[
                    place * SecretSharing.shareLength..<(place + 1) * SecretSharing.shareLength]
            }, weights: SecretSharing.weights(of: shares.map(\.device)))
    }

    private func split(
        _ secrets: [SecretBytes], _ devices: [Int], _ threshold: Int,
        _ randomness: inout SeededRandomness
    ) -> [(device: Int, share: [UInt8])] {
        let shares = SecretSharing.split(
            secrets, among: devices, threshold: threshold, randomness: &randomness)
        return zip(devices, shares).map { ($0, content($1)) }
    }

    @Test func `any threshold of the shares restores the secrets`() throws {
        var randomness = SeededRandomness(seed: 4, label: "sharing")
        for trial in 0..<200 {
            let secrets = (0..<1 + trial % 4).map { _ in SecretBytes(count: 32, from: &randomness) }
            let devices = Array(
                Set((0..<20).map { _ in Int.random(in: 0..<1 << 20, using: &randomness) }))
            let threshold = Int.random(in: 1...devices.count, using: &randomness)
            let entries = split(secrets, devices, threshold, &randomness)
                .shuffled(using: &randomness)
            for count in Set([threshold, devices.count]) {
                for (place, secret) in secrets.enumerated() {
                    let restored = try #require(
                        restore(Array(entries.prefix(count)), place), "trial \(trial)")
                    #expect(SecretBytes.constantTimeEqual(restored, secret), "trial \(trial)")
                }
            }
        }
    }

    @Test func `secrets of all bits are kept`() throws {
        var randomness = SeededRandomness(seed: 8, label: "sharing")
        for bit in 0..<256 {
            var bytes = [UInt8](repeating: 0, count: 32)
            bytes[bit / 8] = 1 << UInt8(bit % 8)
            for content in [bytes, bytes.map { ~$0 }] {
                let shares = split([SecretBytes(content)], [4, 9], 2, &randomness)
                let restored = try #require(restore(shares))
                #expect(SecretBytes.constantTimeEqual(restored, SecretBytes(content)), "bit \(bit)")
            }
        }
    }

    @Test func `fewer shares than the threshold restore nothing or another secret`() {
        var randomness = SeededRandomness(seed: 5, label: "sharing")
        for trial in 0..<200 {
            let secret = SecretBytes(count: 32, from: &randomness)
            let threshold = Int.random(in: 2...10, using: &randomness)
            let shares = split([secret], Array(0..<threshold), threshold, &randomness)
            #expect(
                restore(shares.dropLast()).map { !SecretBytes.constantTimeEqual($0, secret) }
                    ?? true, "trial \(trial)")
        }
    }

    /// One share less than the threshold fits every secret equally well: for any other value of a
    /// limb there is exactly one share of the missing device that completes it.
    @Test func `shares below the threshold fit any secret`() throws {
        var randomness = SeededRandomness(seed: 6, label: "sharing")
        let devices = [3, 8, 21]
        let shares = split(
            [SecretBytes(count: 32, from: &randomness)], devices, 3, &randomness)
        let other = SecretBytes(count: 32, from: &randomness)
        func values(_ share: [UInt8]) -> [MersenneElement] {
            (0..<SecretSharing.limbs).map { limb in
                let word = share[8 * limb..<8 * limb + 8].reversed().reduce(UInt64(0)) {
                    $0 << 8 | UInt64($1)
                }
                return MersenneElement(word) ?? .zero
            }
        }
        // The polynomials through the other secret at 0 and the first two shares.
        let points = devices.map(SecretSharing.point)
        let limbs = values(split([other], [0], 1, &randomness)[0].share)
        let forged = (0..<SecretSharing.limbs).flatMap { limb in
            let nodes =
                [(MersenneElement.zero, limbs[limb])]
                + (0..<2).map { (points[$0], values(shares[$0].share)[limb]) }
            let value = nodes.indices.reduce(MersenneElement.zero) { sum, own in
                nodes.indices.filter { $0 != own }.reduce(nodes[own].1) {
                    $0 * (points[2] - nodes[$1].0) * (nodes[own].0 - nodes[$1].0).inverse
                } + sum
            }
            return (0..<8).map { UInt8(truncatingIfNeeded: value.value >> (8 * UInt64($0))) }
        }
        let restored = try #require(restore([shares[0], shares[1], (21, forged)]))
        #expect(SecretBytes.constantTimeEqual(restored, other))
    }

    private func isShare(_ bytes: [UInt8], of count: Int) -> Bool {
        SecretSharing.isShare(bytes.span, of: count)
    }

    @Test func `nothing outside the field is a share`() throws {
        var randomness = SeededRandomness(seed: 7, label: "sharing")
        let share = split(
            [SecretBytes(count: 32, from: &randomness), SecretBytes(count: 32, from: &randomness)],
            [5], 1, &randomness)[0].share
        #expect(share.count == 80)
        #expect(isShare(share, of: 2))
        #expect(!isShare(share, of: 1))
        for place in stride(from: 0, to: 80, by: 8) {
            var bytes = share
            bytes.replaceSubrange(
                place..<place + 8, with: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f])
            #expect(!isShare(bytes, of: 2))
        }
    }
}
