/// The largest privacy loss that is acceptable.
public struct PrivacyBudget: Sendable, Hashable {
    /// The bound on the privacy loss, above 0.
    public let epsilon: Double
    /// The probability with which the bound may fail, above 0 and below 1; well below one over the
    /// number of users.
    public let delta: Double

    /// A validated budget.
    public init(epsilon: Double, delta: Double) throws(DifferentialPrivacyError) {
        try require(epsilon > 0 && epsilon.isFinite, "epsilon", epsilon, "above 0 and finite")
        try require(delta > 0 && delta < 1, "delta", delta, "above 0 and below 1")
        self.epsilon = epsilon
        self.delta = delta
    }
}
