import Foundation
import SecureAggregation
import Testing
import VectorKernels

@Suite struct MaskUniformityTests {
    /// Pearson's statistic of the bytes against the uniform distribution, normalised to a standard
    /// normal by Wilson and Hilferty's cube root.
    private func standardised(_ bytes: [UInt8]) -> Double {
        var counts = [Double](repeating: 0, count: 256)
        for byte in bytes { counts[Int(byte)] += 1 }
        let expected = Double(bytes.count) / 256
        let statistic = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
        let spread = 2.0 / (9 * 255)
        return (cbrt(statistic / 255) - (1 - spread)) / spread.squareRoot()
    }

    /// A correct mask fails with one seed in about 1,700,000 for each of the vectors.
    @Test(arguments: [13, 23]) func `a masked vector alone looks uniform`(bits: Int) throws {
        var run = try MaskedSum(
            cohortSize: 4, degree: 3, threshold: 2, vectorLength: 40_000, modulusBits: bits, seed: 9
        )
        try run.advertise([0, 1, 2, 3])
        _ = try run.share([0, 1, 2, 3])
        let zeros = RingVector(zeros: 40_000, bits: bits)
        for device in 0..<4 {
            let masked = try run.devices[device].mask(
                zeros, receiving: run.coordinator.shares(for: device))
            #expect(abs(standardised(Array(masked.packed))) < 5)
        }
        #expect(standardised([UInt8](repeating: 0, count: 40_000)) > 5)
    }
}
