public import DifferentialPrivacy
public import PrivacyAudit

/// What an attack on a training has found.
public struct AttackResult: Sendable, Codable {
    /// Attacks by which a training is audited.
    public enum Method: String, Sendable, Codable, CaseIterable {
        /// Made-up devices whose contributions are orthogonal and as large as clipping lets them
        /// be, each included by a coin; the released sums are compared with what they would have
        /// added (Steinke, Nasr and Jagielski 2023; Mahloujifar, Melis and Chaudhuri 2024).
        case canaries
        /// Made-up devices with random contributions, all included, and their cosines with the sum
        /// of the round that gives away most (Andrew et al. 2023): an estimate for that round.
        case oneShot = "one-shot"
        /// Real devices, each included by a coin: whether the released model finds the rest of a
        /// person's items from half of them better than it should.
        case membership
    }

    /// What the figures say together.
    public enum Verdict: String, Sendable, Codable {
        /// No measured bound, at a confidence of 99.9 % for all of them together, exceeds the
        /// accounted one.
        case consistent
        /// A measured bound, at that confidence, exceeds the accounted one: there is a bug in the
        /// mechanism or in its accounting, or the bound's assumption is wrong.
        case violated
    }

    /// The attack.
    public var method: Method
    /// The scenario's name.
    public var scenario: String
    /// How sums were computed.
    public var aggregation: String
    /// The number of canaries.
    public var canaries: Int
    /// Whose view the attack has.
    public var adversary: String
    /// What the training's ledger accounts for against that adversary, from both sides, at the delta
    /// of the bounds.
    public var accounted: EpsilonBounds
    /// Measured lower bounds, each at its confidence by itself.
    public var bounds: [AuditBound]
    /// An estimate that is no bound; only of one-shot attacks.
    public var estimate: Double?
    /// The attacker's rates of true and false positives at every threshold, thinned out; empty where
    /// no canary was left out.
    public var curve: [CanaryScores.CurvePoint]
    /// The area under the curve; nil where no canary was left out.
    public var areaUnderCurve: Double?
    /// The verdict.
    public var verdict: Verdict
    /// The time of the statistics alone, in seconds.
    public var auditSeconds: Double
    /// The time of everything, in seconds.
    public var seconds: Double
}
