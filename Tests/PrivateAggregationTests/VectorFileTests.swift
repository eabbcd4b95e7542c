import Foundation
import PrivateAggregation
import SecureAggregation
import Sodium
import Testing
import VectorKernels

/// The test vectors of `protocol/vectors`, which a second implementation can check itself against. With
/// COVEY_WRITE_VECTORS=1 in the environment they are written anew.
@Suite struct VectorFileTests {
    /// Packing at several widths.
    private struct Packing: Codable, Equatable {
        var bits: Int
        var values: [UInt32]
        var packed: String
    }

    /// Agreed pair keys, masks and a masked vector.
    private struct Masking: Codable, Equatable {
        var session: String
        var secretKey: String
        var publicKey: String
        var peerPublicKey: String
        /// The pair key for the purpose "mask".
        var pairKey: String
        /// The first elements of the mask under the pair key.
        var mask: [UInt32]
        /// A device's vector, its self-mask seed, and the packed vector after the self mask and the pair
        /// mask (the device has the smaller number) at 20 bits.
        var vector: [UInt32]
        var selfMaskSeed: String
        var masked: String
    }

    /// A device's encoding from given random words and noise.
    private struct Encoding: Codable, Equatable {
        var session: String
        var clippingNorm: Double
        var granularity: Double
        var vector: [Float]
        /// The signs of the rotation, bit j of word j / 32 for coordinate j.
        var signs: [UInt32]
        /// H D x, not yet divided by sqrt(d), from the clipped vector.
        var transformed: [Float]
        /// The bits that decide the rounding, 32 a coordinate, of which the upper 24 count.
        var roundingWords: [UInt32]
        var rounded: [Int32]
        var squaredNorm: Int64
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "protocol/vectors")

    private func check<Value: Codable & Equatable>(_ name: String, _ computed: Value) throws {
        let file = Self.folder.appending(path: name)
        if ProcessInfo.processInfo.environment["COVEY_WRITE_VECTORS"] == "1" {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try (encoder.encode(computed) + Data("\n".utf8)).write(to: file)
        }
        let stored = try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
        #expect(stored == computed)
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func content(_ secret: SecretBytes) -> [UInt8] {
        secret.withBytes { span in span.indices.map { span[$0] } }
    }

    @Test func `packing`() throws {
        let values = (0..<11).map { UInt32(truncatingIfNeeded: ($0 + 1) &* 0x9e37_79b9) }
        try check(
            "packing.json",
            [1, 7, 8, 18, 20, 31, 32].map { bits in
                Packing(
                    bits: bits, values: values, packed: hexadecimal(Ring.pack(values, bits: bits)))
            })
    }

    @Test func `masking`() throws {
        let session = [UInt8](0..<32)
        let pair = try KeyAgreement(secretKey: SecretBytes([UInt8](repeating: 1, count: 32)))
        let peer = try KeyAgreement(secretKey: SecretBytes([UInt8](repeating: 2, count: 32)))
        let context = Array("mask".utf8) + session
        let pairKey = try pair.sharedKey(with: peer.publicKey, context: context)
        let peersKey = try peer.sharedKey(with: pair.publicKey, context: context)
        #expect(content(pairKey) == content(peersKey))
        func mask(_ seed: SecretBytes) throws -> [UInt32] {
            var words = [UInt32](repeating: 0, count: 8)
            var stream = try ChaCha20(key: seed)
            stream.fill(&words)
            return words
        }
        let seed = SecretBytes([UInt8](repeating: 3, count: 32))
        let vector = (0..<8).map { UInt32($0 * 1000) }
        var masked = vector
        Ring.add(try mask(seed), to: &masked)
        Ring.add(try mask(pairKey), to: &masked)
        try check(
            "masking.json",
            Masking(
                session: hexadecimal(session), secretKey: hexadecimal(content(pair.secretKey)),
                publicKey: hexadecimal(pair.publicKey), peerPublicKey: hexadecimal(peer.publicKey),
                pairKey: hexadecimal(content(pairKey)), mask: try mask(pairKey), vector: vector,
                selfMaskSeed: hexadecimal(content(seed)),
                masked: hexadecimal(Ring.pack(masked, bits: 20))))
    }

    @Test func `encoding`() throws {
        let session = [UInt8](0..<32)
        let vector: [Float] = [3, -1, 0.5, 0, 2, 0.25, -4, 1, 0, 0, 1, -2, 0.125, 7, -3, 0]
        var publicRandomness = PublicRandomness(seed: session, label: "covey rotation")
        var signs: [UInt32] = [0]
        publicRandomness.fill(&signs)
        let norm = VectorNorm.squared(vector).squareRoot()
        var transformed = vector.map { $0 * Float(4 / norm) }
        Rotation.flipSigns(of: &transformed, by: signs)
        Rotation.hadamard(&transformed)
        let words = (0..<16).map { UInt32(truncatingIfNeeded: ($0 + 1) &* 0x9e37_79b9) }
        var rounded = [Int32](repeating: 0, count: 16)
        let square = Rotation.roundRandomly(
            transformed, scale: 0.25 / Float(0.125), random: words, into: &rounded)
        try check(
            "encoding.json",
            Encoding(
                session: hexadecimal(session), clippingNorm: 4, granularity: 0.125, vector: vector,
                signs: signs, transformed: transformed, roundingWords: words, rounded: rounded,
                squaredNorm: square))
    }
}
