/// One of the questions that a regulator asks about a use of people's data, and its answer: the
/// questions of NIST SP 800-226 ("Guidelines for Evaluating Differential Privacy Guarantees",
/// 2025) and of the reporting list of Ponomareva et al. 2023 ("How to DP-fy ML", arXiv 2303.00654,
/// section 5.3).
public struct Disclosure: Sendable, Hashable, Codable {
    /// The questions, in the order of the report.
    public enum Topic: String, Sendable, Hashable, Codable, CaseIterable {
        case unitOfPrivacy = "unit of privacy"
        case neighbouringRelation = "neighbouring relation"
        case epsilons = "epsilon and delta"
        case certifiedBounds = "certified lower and upper numbers"
        case accountant = "accountant and its error budget"
        case mechanism = "mechanism, noise, clipping and sampling as executed"
        case releases = "every release covered"
        case trust = "trust model, collusion, minimum cohort, dropout"
        case noiseSource = "noise source and discretisation"
        case sideChannels = "side channels"
        case retention = "retention"
        case composition = "composition across models and time"
        case auditResults = "audit results"
        case utility = "utility and subgroup utility"
        case violations = "violations"
        case proofs = "ledger head and proofs"
        case offlineVerification = "how a device verifies offline"
        case unprotected = "what is not protected"
    }

    /// Where an answer comes from.
    public enum Source: String, Sendable, Hashable, Codable {
        /// Worked out from the ledger's entries.
        case computed
        /// Holds for every ledger of this protocol.
        case specified
        /// The operator's word, signed in the ledger.
        case declared
        /// The ledger does not say.
        case missing
    }

    /// The question.
    public var topic: Topic
    /// Where the answer comes from.
    public var source: Source
    /// The answer, a sentence or two each.
    public var answers: [String]
}
