public import Recommender

/// How policies would do, estimated from what another one logged, beside how they truly do.
///
/// As JSON:
///
///     {"model": "movies release 7", "logging": "plackett-luce:0.3", "lists": 120800, "people": 6040,
///      "policies": [{"policy": "best", "truth": 0.031, "direct": {"value": …, "standardError": …},
///                    "inversePropensity": {…}, "selfNormalized": {…}, "doublyRobust": {…},
///                    "effectiveCount": 5120.5}]}
public struct ExplorationResult: Sendable, Codable {
    /// One policy.
    public struct Policy: Sendable, Codable {
        /// Its name, as it was asked for.
        public var policy: String
        /// The share of lists whose item is one that the person went for next, exactly.
        public var truth: Double
        /// The estimate of a model of rewards by rank alone.
        public var direct: OffPolicyEvaluation.Estimate
        /// The estimate by inverse propensities.
        public var inversePropensity: OffPolicyEvaluation.Estimate
        /// The self-normalised estimate.
        public var selfNormalized: OffPolicyEvaluation.Estimate
        /// The doubly robust estimate.
        public var doublyRobust: OffPolicyEvaluation.Estimate
        /// How many lists of the policy itself would tell as much.
        public var effectiveCount: Double
    }

    /// The model that ranks.
    public var model: String
    /// The policy that was followed.
    public var logging: String
    /// How many lists were logged.
    public var lists: Int
    /// How many people they were shown to.
    public var people: Int
    /// The policies.
    public var policies: [Policy]
}
