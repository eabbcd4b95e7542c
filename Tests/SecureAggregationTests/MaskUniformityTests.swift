import Foundation
import SecureAggregation
import Testing

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

    /// A correct mask fails with one seed in about 1,700,000 for each of the four vectors.
    @Test func `a masked vector alone looks uniform`() throws {
        let run = try MaskedSum(
            cohortSize: 4, degree: 3, threshold: 2, vectorLength: 40_000, modulusBits: 23, seed: 9)
        var running = run
        let told = try running.advertise([0, 1, 2, 3])
        let (_, mailboxes) = try running.share([0, 1, 2, 3], told)
        let zeros = [UInt32](repeating: 0, count: 40_000)
        for device in 0..<4 {
            let masked = try running.devices[device].mask(
                zeros, receiving: mailboxes[device] ?? [])
            #expect(abs(standardised(masked.packed)) < 5)
        }
        #expect(standardised([UInt8](repeating: 0, count: 40_000)) > 5)
    }
}
