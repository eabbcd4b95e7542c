import Sodium
import Testing

@testable import DifferentialPrivacy

@Suite struct CorrelatedReleaseTests {
    @Test func `estimates are the sums plus the inverse matrix times the fresh noise`() throws {
        let coefficients = [1, 0.5, 0.25]
        var mechanism = try CorrelatedRelease(
            coefficients: coefficients, noiseMultiplier: 2, clippingNorm: 10, dimension: 3)
        var randomness = SeededRandomness(seed: 3, label: "correlated")
        var same = SeededRandomness(seed: 3, label: "correlated")
        let noise = try DiscreteGaussian(variance: mechanism.variance)
        var past: [[Double]] = []
        for round in 0..<12 {
            let sum = [Int64(round * 7), Int64(-round), 1000]
            let estimate = try mechanism.release(sum, using: &randomness)
            var fresh = [Int32](repeating: 0, count: 3)
            noise.fill(&fresh, using: &same)
            // e = C^-1 z, by its recursion.
            let error = (0..<3).map { index in
                Double(fresh[index]) / 256
                    - (past.count > 0 ? 0.5 * past[past.count - 1][index] : 0)
                    - (past.count > 1 ? 0.25 * past[past.count - 2][index] : 0)
            }
            past.append(error)
            for index in 0..<3 {
                #expect(abs(estimate[index] - Double(sum[index]) - error[index]) < 1e-9)
            }
        }
    }

    /// 400 runs of 64 rounds: the variance of the last prefix sum, with a relative deviation of 7
    /// %.
    @Test func `prefix sums hold less noise than with independent noise`() throws {
        func variance(_ coefficients: [Double]) throws -> (prefix: Double, rho: Double) {
            var randomness = SeededRandomness(seed: 5, label: "prefix")
            var squares = 0.0
            var rho = 0.0
            for _ in 0..<50 {
                var mechanism = try CorrelatedRelease(
                    coefficients: coefficients, noiseMultiplier: 4, clippingNorm: 8, dimension: 8)
                var prefix = [Double](repeating: 0, count: 8)
                for _ in 0..<64 {
                    let estimate = try mechanism.release(
                        [Int64](repeating: 0, count: 8), using: &randomness)
                    for index in 0..<8 { prefix[index] += estimate[index] }
                }
                squares += prefix.reduce(0) { $0 + $1 * $1 } / 8
                if case .concentrated(let cost, _, _, _) = mechanism.event(
                    rounds: 64, clippingNorm: 8, separation: 64, most: 1,
                    neighbouring: .zeroOutOne)
                {
                    rho = cost
                }
            }
            return (squares / 50, rho)
        }
        let independent = try variance([1])
        let banded = try variance([1, 0.5, 0.375, 0.3125, 0.2734, 0.246, 0.2256, 0.2095])
        // At the same cost: noise scales as the square root of rho.
        #expect(banded.prefix * banded.rho < 0.35 * independent.prefix * independent.rho)
    }

    @Test func `bad input is refused`() throws {
        #expect(throws: DifferentialPrivacyError.self) {
            try CorrelatedRelease(
                coefficients: [1, 1.5], noiseMultiplier: 1, clippingNorm: 1, dimension: 1)
        }
        var mechanism = try CorrelatedRelease(
            coefficients: [1], noiseMultiplier: 1, clippingNorm: 1, dimension: 2)
        var randomness = SeededRandomness(seed: 1, label: "bad")
        #expect(throws: DifferentialPrivacyError.self) {
            try mechanism.release([1], using: &randomness)
        }
        #expect(throws: DifferentialPrivacyError.self) {
            try mechanism.release([1, .min], using: &randomness)
        }
    }
}
