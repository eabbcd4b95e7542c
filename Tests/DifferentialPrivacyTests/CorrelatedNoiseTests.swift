import Testing

@testable import DifferentialPrivacy

@Suite struct CorrelatedNoiseTests {
    private func epsilon(_ noise: CorrelatedNoise) throws -> Double {
        var accountant = PrivacyAccountant(neighbouring: .addOrRemoveOne)
        try accountant.compose(.correlated(noise))
        return try accountant.epsilon(delta: 1e-6).upper
    }

    @Test func `the sensitivity is that of the worst participations`() throws {
        // By brute force over all patterns with three participations at least two rounds apart.
        let noise = CorrelatedNoise(
            strategy: .toeplitz(coefficients: [1, 0.6, 0.3, 0.1], rounds: 7),
            participation: .separated(separation: 2, most: 3), noiseMultiplier: 1)
        let coefficients = noise.coefficients
        var worst = 0.0
        for pattern in 0..<(1 << 7) {
            let rounds = (0..<7).filter { pattern >> $0 & 1 == 1 }
            let isApart = zip(rounds, rounds.dropFirst()).allSatisfy { $1 - $0 >= 2 }
            guard rounds.count <= 3, isApart else { continue }
            var square = 0.0
            for round in 0..<7 {
                let sum = rounds.reduce(0.0) { total, start in
                    let lag = round - start
                    return total + (lag >= 0 && lag < coefficients.count ? coefficients[lag] : 0)
                }
                square += sum * sum
            }
            worst = max(worst, square.squareRoot())
        }
        #expect(abs(noise.sensitivity(separation: 2, most: 3) - worst) < 1e-12)
    }

    @Test func `independent noise is the special case of one band`() throws {
        let correlated = CorrelatedNoise(
            strategy: .toeplitz(coefficients: [1], rounds: 12),
            participation: .separated(separation: 3, most: 4), noiseMultiplier: 2)
        var plain = PrivacyAccountant(neighbouring: .addOrRemoveOne)
        try plain.compose(.gaussian(noiseMultiplier: 2), count: 4)
        #expect(abs(try epsilon(correlated) - plain.epsilon(delta: 1e-6).upper) < 1e-9)
    }

    @Test func `cyclic sampling costs one round in each stretch of bands`() throws {
        let correlated = CorrelatedNoise(
            strategy: .toeplitz(coefficients: [1, 0.5, 0.25], rounds: 100),
            participation: .cyclicPoisson(separation: 8, rate: 0.08), noiseMultiplier: 1)
        var plain = PrivacyAccountant(neighbouring: .addOrRemoveOne)
        try plain.compose(
            .poissonSampled(rate: 0.08, .gaussian(noiseMultiplier: 1)), count: 13)
        #expect(try epsilon(correlated) == plain.epsilon(delta: 1e-6).upper)
    }

    @Test func `a buffered matrix has the coefficients of its recursion`() {
        let noise = CorrelatedNoise(
            strategy: .bufferedToeplitz(scales: [0.3, 0.1], decays: [0.9, 0.5], rounds: 4),
            participation: .single, noiseMultiplier: 1)
        let expected = [1, 0.4, 0.3 * 0.9 + 0.1 * 0.5, 0.3 * 0.81 + 0.1 * 0.25]
        for (value, wanted) in zip(noise.coefficients, expected) {
            #expect(abs(value - wanted) < 1e-15)
        }
    }

    @Test func `patterns that no theorem covers are refused`() throws {
        for noise in [
            CorrelatedNoise(
                strategy: .toeplitz(coefficients: [1, 2], rounds: 4), participation: .single,
                noiseMultiplier: 1),
            CorrelatedNoise(
                strategy: .toeplitz(coefficients: [1, 0.5, 0.2], rounds: 9),
                participation: .cyclicPoisson(separation: 2, rate: 0.1), noiseMultiplier: 1),
            CorrelatedNoise(
                strategy: .tree(rounds: [8]), participation: .separated(separation: 1, most: 2),
                noiseMultiplier: 1),
        ] {
            #expect(throws: DifferentialPrivacyError.self) { try epsilon(noise) }
        }
    }
}
