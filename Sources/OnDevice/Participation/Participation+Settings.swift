public import DifferentialPrivacy
public import FederatedProtocol

extension Participation {
    /// What the app decides.
    public struct Settings: Sendable {
        /// What the device insists on in a round.
        public var terms: DeviceTerms
        /// When it may take part.
        public var eligibility: Eligibility
        /// The cap of a new account; the owner may set a lower one.
        public var ceiling: PrivacyBudget
        /// How long the coordinator may take for one step.
        public var stepTimeout: Duration
        /// How long a round may take, from the question for an offer on.
        public var roundTimeout: Duration

        /// Collects settings.
        public init(
            terms: DeviceTerms, eligibility: Eligibility = Eligibility(), ceiling: PrivacyBudget,
            stepTimeout: Duration = .seconds(600), roundTimeout: Duration = .seconds(3600)
        ) {
            self.terms = terms
            self.eligibility = eligibility
            self.ceiling = ceiling
            self.stepTimeout = stepTimeout
            self.roundTimeout = roundTimeout
        }
    }
}
