public import DifferentialPrivacy
public import FederatedProtocol
public import PrivacyLedger

/// What a run will do and spend, known before the first device is asked: what `--dry-run` prints.
public struct SimulationPlan: Codable, Sendable {
    /// One round of the plan.
    public struct Round: Codable, Sendable {
        /// What is summed.
        public var query: String
        /// The number of coordinates.
        public var dimension: Int
        /// The number of devices invited; for coins, the fewest expected.
        public var invited: Int
        /// The largest L2 norm of a contribution.
        public var clippingNorm: Double
        /// The noise in each coordinate of the sum relative to the clipping norm, with the fewest
        /// survivors.
        public var noiseMultiplier: Double
        /// The modulus of the masked sum, in bits.
        public var modulusBits: Int
        /// Neighbours of each device in the masking graph, and shares that restore a secret.
        public var degree: Int
        /// The number of shares that restore a secret.
        public var threshold: Int
        /// What a device sends and receives.
        public var bytesPerDevice: RoundTraffic
    }

    /// The scenario's name.
    public var scenario: String
    /// The data set's name.
    public var data: String
    /// The number of devices.
    public var devices: Int
    /// The number of items.
    public var items: Int
    /// The number of training and held-out interactions.
    public var interactions: Int
    /// The algorithm.
    public var algorithm: String
    /// How sums are computed.
    public var aggregation: String
    /// The rounds.
    public var rounds: [Round]
    /// The guarantee at the end.
    public var planned: Spent
    /// The relation under which the guarantee holds.
    public var neighbouring: NeighbouringRelation
    /// What one device may give away.
    public var events: Events
    /// What a device that stays in every round sends and receives.
    public var bytesPerDevice: RoundTraffic

    /// What one device may give away in the whole training.
    public struct Events: Codable, Sendable {
        /// To the coordinator.
        public var coordinator: PrivacyEvent
        /// To those who see the released models only.
        public var observer: PrivacyEvent
    }
}
