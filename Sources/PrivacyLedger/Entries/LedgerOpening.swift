public import DifferentialPrivacy

/// What holds for a whole ledger.
public struct LedgerOpening: Sendable, Hashable {
    /// The version of the format that this code writes and reads.
    public static let currentVersion = 1

    /// The name of the ledger in checkpoints, such as "shop.example/recommender".
    public var origin: String
    /// The Ed25519 key under which checkpoints are signed, 32 bytes.
    public var publicKey: [UInt8]
    /// Where noise and keys come from.
    public var randomness: Randomness
    /// The relation under which every epsilon of the ledger holds.
    public var neighbouring: NeighbouringRelation
    /// What all tasks together may spend of one user.
    public var target: PrivacyTarget

    /// Sources of noise and keys.
    public enum Randomness: String, Sendable, Hashable {
        /// The operating system's cryptographic generator, on each device.
        case operatingSystem = "operating system"
        /// A seed, in a simulation: whoever knows it knows the noise.
        case seeded
    }

    /// Opens a ledger.
    public init(
        origin: String, publicKey: [UInt8], randomness: Randomness,
        neighbouring: NeighbouringRelation, target: PrivacyTarget
    ) {
        self.origin = origin
        self.publicKey = publicKey
        self.randomness = randomness
        self.neighbouring = neighbouring
        self.target = target
    }
}

/// A use of the population: a training, an evaluation, a count. Tasks of one ledger share the
/// budget of ``LedgerOpening/target``.
public struct LedgerTask: Sendable, Hashable {
    /// Its name, unique in the ledger.
    public var name: String
    /// What it is for, in the operator's words.
    public var purpose: String
    /// The rounds that are planned.
    public var rounds: Int
    /// The number of enrolled devices.
    public var population: Int
    /// How cohorts are chosen: the sampling claim.
    public var policy: CohortPolicy
    /// The promise of this task alone.
    public var target: PrivacyTarget
    /// The hash of the model before the first round; empty where there is none.
    public var model: [UInt8]

    /// Announces a task.
    public init(
        name: String, purpose: String, rounds: Int, population: Int, policy: CohortPolicy,
        target: PrivacyTarget, model: [UInt8] = []
    ) {
        self.name = name
        self.purpose = purpose
        self.rounds = rounds
        self.population = population
        self.policy = policy
        self.target = target
        self.model = model
    }
}
