import Testing

@testable import DifferentialPrivacy

@Suite struct PrivacyFilterTests {
    private func budget(_ epsilon: Double = 2) throws -> PrivacyBudget {
        try PrivacyBudget(epsilon: epsilon, delta: 1e-6)
    }

    @Test(arguments: [
        PrivacyFilter.Kind.gaussian, .concentrated(.real), .concentrated(.integer),
        .renyi(order: 12),
    ])
    func `what a filter admits keeps within the budget, and nothing more fits`(
        kind: PrivacyFilter.Kind
    ) throws {
        var filter = try PrivacyFilter(
            budget: budget(), kind: kind, neighbouring: .addOrRemoveOne)
        var accountant = PrivacyAccountant(neighbouring: .addOrRemoveOne)
        var generator = SeededGenerator(seed: 9)
        var admitted = 0
        while true {
            // The noise of a round depends on what was spent before.
            let noise =
                20 * (1 + filter.spent / filter.limit) * Double.random(in: 1...2, using: &generator)
            let event = PrivacyEvent.gaussian(noiseMultiplier: noise)
            guard try filter.admit(event) else {
                #expect(filter.spent.addingUp(try filter.cost(of: event)) > filter.limit)
                break
            }
            try accountant.compose(event)
            admitted += 1
        }
        #expect(admitted > 50)
        #expect(try accountant.epsilon(delta: 1e-6).upper <= 2)
        #expect(try filter.epsilon(spent: filter.spent) <= 2)
        // Most of the budget was usable.
        #expect(filter.spent > 0.97 * filter.limit)
    }

    @Test func `the filter for Gaussians is as good as planning ahead`() throws {
        let filter = try PrivacyFilter(
            budget: budget(), kind: .gaussian, neighbouring: .addOrRemoveOne)
        #expect(try filter.epsilon(spent: filter.limit) > 2 * (1 - 3e-6))
        let concentrated = try PrivacyFilter(
            budget: budget(), kind: .concentrated(.real), neighbouring: .addOrRemoveOne)
        #expect(filter.limit > 2 * concentrated.limit)
    }

    @Test func `a filter refuses events that its theorem does not cover`() throws {
        let filter = try PrivacyFilter(
            budget: budget(), kind: .gaussian, neighbouring: .addOrRemoveOne)
        let sampled = PrivacyEvent.poissonSampled(rate: 0.01, .gaussian(noiseMultiplier: 1))
        #expect(throws: DifferentialPrivacyError.self) { try filter.cost(of: sampled) }
        #expect(throws: DifferentialPrivacyError.self) {
            try filter.cost(of: .concentrated(rho: 0.1, neighbouring: .zeroOutOne))
        }
        let renyi = try PrivacyFilter(
            budget: budget(), kind: .renyi(order: 8), neighbouring: .addOrRemoveOne)
        var accountant = RenyiAccountant(neighbouring: .addOrRemoveOne)
        try accountant.compose(sampled)
        let divergence = accountant.renyiDivergence(order: 8)
        #expect(abs(try renyi.cost(of: sampled) / divergence - 1) < 1e-9)
    }

    @Test func `each user is charged for the rounds they were in`() throws {
        let filter = try PrivacyFilter(
            budget: budget(), kind: .concentrated(.real), neighbouring: .zeroOutOne)
        var accounts = IndividualAccounts(users: 4, filter: filter)
        let cost = filter.limit / 2.5
        for users in [[0, 1], [0, 2], [0, 1]] {
            accounts.charge(accounts.admitted(users, cost: cost), cost: cost)
        }
        // The third round did not admit user 0.
        #expect(accounts.admitted([0, 1, 2, 3], cost: cost) == [2, 3])
        #expect(try accounts.epsilon(of: 3) == 0)
        #expect(try accounts.epsilon(of: 0) <= 2)
        #expect(try accounts.epsilon(of: 2) < accounts.epsilon(of: 1))
        let distribution = try accounts.distribution(next: cost)
        #expect(distribution.worst == (try accounts.epsilon(of: 0)))
        #expect(distribution.least == 0)
        #expect(distribution.exhaustedShare == 0.5)
    }
}
