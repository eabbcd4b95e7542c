import DifferentialPrivacy
import Testing

@Suite struct PrivacyBudgetTests {
    @Test(arguments: [0.01, 0.1, 1, 4, 20, 300], [1e-12, 1e-6, 1e-2])
    func `the largest rho uses the budget up without exceeding it`(
        _ epsilon: Double, delta: Double
    ) throws {
        let budget = try PrivacyBudget(epsilon: epsilon, delta: delta)
        var accountant = RenyiAccountant(neighbouring: .zeroOutOne)
        try accountant.compose(
            .concentrated(rho: budget.largestRho(), neighbouring: .zeroOutOne))
        let spent = try accountant.epsilon(delta: delta)
        #expect(spent <= epsilon)
        #expect(spent > epsilon * (1 - 1e-6))
        #expect(accountant.isWithin(budget))
    }

    @Test(arguments: [0.3, 2, 8]) func `the smallest noise uses the budget up`(
        _ epsilon: Double
    ) throws {
        let budget = try PrivacyBudget(epsilon: epsilon, delta: 1e-6)
        func events(_ multiplier: Double) -> [PrivacyEvent] {
            let rho = 1 / (2 * multiplier * multiplier)
            return [
                .repeated(
                    .poissonSampled(
                        rate: 0.01, .concentrated(rho: rho, neighbouring: .addOrRemoveOne)),
                    count: 500
                ),
                .concentrated(rho: rho / 10, neighbouring: .addOrRemoveOne),
            ]
        }
        let multiplier = try budget.smallestNoiseMultiplier(
            neighbouring: .addOrRemoveOne, events: events)
        var accountant = RenyiAccountant(neighbouring: .addOrRemoveOne)
        for event in events(multiplier) { try accountant.compose(event) }
        let spent = try accountant.epsilon(delta: 1e-6)
        #expect(spent <= epsilon)
        #expect(spent > epsilon * (1 - 1e-6))
    }

    @Test func `a budget that no noise meets is reported`() throws {
        let budget = try PrivacyBudget(epsilon: 1, delta: 1e-6)
        #expect(
            throws: DifferentialPrivacyError.budgetUnreachable(
                budget, largestNoiseMultiplier: 0x1p40)
        ) {
            try budget.smallestNoiseMultiplier(neighbouring: .zeroOutOne) { _ in
                [.concentrated(rho: 10, neighbouring: .zeroOutOne)]
            }
        }
    }

    @Test func `meaningless budgets are refused`() {
        for epsilon in [0, -1, .nan, .infinity] {
            #expect(throws: DifferentialPrivacyError.self) {
                try PrivacyBudget(epsilon: epsilon, delta: 1e-6)
            }
        }
        for delta in [0, 1, -1, .nan] {
            #expect(throws: DifferentialPrivacyError.self) {
                try PrivacyBudget(epsilon: 1, delta: delta)
            }
        }
    }
}
