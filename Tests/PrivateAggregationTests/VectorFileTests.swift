import DifferentialPrivacy
import Foundation
import Sodium
import Testing
import VectorKernels

@testable import PrivateAggregation

@Suite struct VectorFileTests {
    /// Packing at several widths.
    private struct Packing: Codable, Equatable {
        var bits: Int
        var values: [UInt32]
        var packed: String
    }

    /// The noise of a seed.
    private struct Noise: Codable, Equatable {
        var distribution: NoiseDistribution
        /// 2^16 times the variance.
        var scaledVariance: Int
        var seed: String
        /// The first samples.
        var samples: [Int32]
        /// The number of samples in the digest.
        var count: Int
        /// The BLAKE2b of all samples, four bytes each, least significant first.
        var digest: String
    }

    /// A vector before and after its rotation, to about six digits, and its sketch.
    private struct Rotated: Codable, Equatable {
        var session: String
        var vector: [Float]
        var rotated: [Float]
        var sketchWidth: Int
        var sketch: [Float]
    }

    @Test func `packing`() throws {
        let values = (0..<11).map { UInt32(truncatingIfNeeded: ($0 + 1) &* 0x9e37_79b9) }
        try VectorFiles.check(
            "packing.json",
            [1, 7, 8, 18, 20, 31, 32].map { bits in
                Packing(
                    bits: bits, values: values,
                    packed: VectorFiles.hexadecimal(RingVector(values, bits: bits).packed()))
            })
    }

    /// Long enough that some samples need more than their first 31 bits.
    @Test func `noise from a seed`() throws {
        let cases: [(NoiseDistribution, Int)] = [
            (.discreteGaussian, 3 << 16), (.discreteGaussian, 123_456_789), (.skellam, 98_304),
            (.skellam, 6_553_600_001),
        ]
        try VectorFiles.check(
            "noise.json",
            try cases.enumerated().map { index, item in
                let (distribution, scaledVariance) = item
                let seed = [UInt8](repeating: UInt8(index + 1), count: NoiseStream.seedLength)
                let noise = try distribution.noise(variance: Double(scaledVariance) / 0x1p16)
                var stream = try NoiseStream(seed: SecretBytes(seed))
                var samples = [Int32](repeating: 0, count: 300_000)
                noise.fill(&samples, using: &stream)
                return Noise(
                    distribution: distribution, scaledVariance: scaledVariance,
                    seed: VectorFiles.hexadecimal(seed), samples: Array(samples.prefix(32)),
                    count: samples.count,
                    digest: VectorFiles.hexadecimal(
                        BLAKE2b.hash(
                            RingVector(samples.map { UInt32(bitPattern: $0) }, bits: 32).packed())))
            })
    }

    @Test func `rotation and sketch`() throws {
        let session = [UInt8](0..<32)
        let cases = try [16, 24].map { dimension in
            let vector = (0..<dimension).map { Float(($0 * 7) % 13 - 6) / 4 }
            let rotation = SessionRotation(session: session, dimension: dimension)
            var rotated = vector
            rotation.forward(&rotated)
            var back = rotated
            rotation.backward(&back)
            for (value, original) in zip(back, vector) {
                try #require(abs(value - original) < 1e-5)
            }
            return Rotated(
                session: VectorFiles.hexadecimal(session), vector: vector,
                rotated: rotated.map { ($0 * 0x1p16).rounded() / 0x1p16 }, sketchWidth: 5,
                sketch: CountSketch(session: session, dimension: dimension, width: 5)
                    .compress(vector))
        }
        try VectorFiles.check("rotation.json", cases)
    }
}
