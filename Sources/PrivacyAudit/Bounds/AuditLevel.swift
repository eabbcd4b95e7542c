/// What a lower bound on epsilon is asked for: the delta beside it, and how often it may be wrong.
public struct AuditLevel: Sendable, Hashable {
    /// The delta for which epsilon is bounded, at least 0 and below 1.
    public let delta: Double
    /// The largest probability of a bound above the true epsilon, above 0 and below 1.
    public let errorProbability: Double

    /// A level of `confidence`, above 0 and below 1, such as 0.95.
    ///
    /// - Throws: ``AuditError/outOfRange(parameter:value:allowed:)``
    public init(delta: Double, confidence: Double = 0.95) throws(AuditError) {
        guard delta >= 0, delta < 1 else {
            throw .outOfRange(parameter: "delta", value: delta, allowed: "at least 0 and below 1")
        }
        guard confidence > 0, confidence < 1 else {
            throw .outOfRange(
                parameter: "confidence", value: confidence, allowed: "above 0 and below 1")
        }
        self.init(delta: delta, errorProbability: 1 - confidence)
    }

    private init(delta: Double, errorProbability: Double) {
        self.delta = delta
        self.errorProbability = errorProbability
    }

    /// The probability with which a bound holds.
    public var confidence: Double { 1 - errorProbability }

    /// The level at which each of several tests is done so that the best of them can be taken
    /// (Bonferroni).
    func shared(by tests: Int) -> AuditLevel {
        AuditLevel(delta: delta, errorProbability: errorProbability / Double(tests))
    }
}
