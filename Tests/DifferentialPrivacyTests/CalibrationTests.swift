import Testing

@testable import DifferentialPrivacy

@Suite struct CalibrationTests {
    private func sampled(_ rate: Double, _ noise: Double, _ count: Int) -> PrivacyEvent {
        .repeated(.poissonSampled(rate: rate, .gaussian(noiseMultiplier: noise)), count: count)
    }

    @Test(arguments: [
        (1.0, 1e-5, 0.01, 1000, 1.414619406551677), (8, 1e-6, 0.01, 10_000, 0.928581452),
        (3, 1e-7, 0.05, 200, 1.50553766), (0.5, 1e-8, 0.005, 500, 1.40931756),
    ])
    func `the smallest noise is found to one part in a million`(
        epsilon: Double, delta: Double, rate: Double, rounds: Int, expected: Double
    ) throws {
        let found = try PrivacyBudget(epsilon: epsilon, delta: delta)
            .smallestNoise(neighbouring: .addOrRemoveOne) { sampled(rate, $0, rounds) }
        #expect(abs(found.value / expected - 1) < 1e-6)
        #expect(found.epsilon.upper <= epsilon)
        #expect(found.exceeding <= expected * (1 + 1e-8))
    }

    @Test func `the largest rate and the most rounds are on the edge of the budget`() throws {
        let budget = try PrivacyBudget(epsilon: 2, delta: 1e-6)
        func spent(_ event: PrivacyEvent) throws -> Double {
            var accountant = PrivacyAccountant(neighbouring: .addOrRemoveOne)
            try accountant.compose(event)
            return try accountant.epsilon(delta: 1e-6).upper
        }
        let rate = try #require(
            try budget.largestRate(neighbouring: .addOrRemoveOne) { sampled($0, 1, 500) })
        #expect(try spent(sampled(rate.value, 1, 500)) <= 2)
        #expect(try spent(sampled(rate.value * 1.000_002, 1, 500)) > 2)
        let rounds = try budget.mostRounds(
            neighbouring: .addOrRemoveOne,
            event: .poissonSampled(rate: 0.01, .gaussian(noiseMultiplier: 1.1)))
        #expect(try spent(sampled(0.01, 1.1, rounds)) <= 2)
        #expect(try spent(sampled(0.01, 1.1, rounds + 1)) > 2)
        #expect(
            try budget.mostRounds(
                neighbouring: .addOrRemoveOne, event: .gaussian(noiseMultiplier: 0.1)) == 0)
    }

    @Test func `a schedule is scaled as a whole`() throws {
        let budget = try PrivacyBudget(epsilon: 3, delta: 1e-6)
        let found = try budget.smallestNoise(neighbouring: .addOrRemoveOne) { scale in
            .composed((0..<20).map { sampled(0.01, scale * (1 + 0.05 * Double($0)), 50) })
        }
        #expect(found.epsilon.upper <= 3 && found.epsilon.upper > 3 * (1 - 2e-6))
    }

    @Test func `an unreachable budget says so`() throws {
        let budget = try PrivacyBudget(epsilon: 1, delta: 1e-6)
        #expect(throws: DifferentialPrivacyError.self) {
            try budget.smallestNoise(neighbouring: .zeroOutOne) { _ in
                .concentrated(rho: 100, neighbouring: .zeroOutOne)
            }
        }
    }
}
