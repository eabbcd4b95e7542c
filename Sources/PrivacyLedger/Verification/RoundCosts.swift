internal import DifferentialPrivacy
internal import PrivateAggregation

/// What rounds cost; most rounds of a ledger repeat the parameters of another.
struct RoundCosts {
    private struct Round: Hashable {
        let plan: PrivateSumPlan
        let survivors: Int
    }

    private var known: [Round: Double] = [:]

    /// The zero-concentrated differential privacy of a sum with the noise of `survivors`.
    mutating func rho(of plan: PrivateSumPlan, survivors: Int) throws -> Double {
        let round = Round(plan: plan, survivors: survivors)
        if let rho = known[round] { return rho }
        let rho = try plan.achievedNoise(survivors: survivors).rho
        known[round] = rho
        return rho
    }
}
