public import DifferentialPrivacy

/// What the coordinator writes down about a round before it asks for the shares that reveal the
/// sum.
public struct LedgerEntry: Codable, Sendable, Hashable {
    /// How the sum was computed: only a real sum protects anybody.
    public var aggregation: String
    /// The position in the ledger, from 0.
    public var round: Int
    /// What was summed.
    public var query: String
    /// The name of the masked sum, in hexadecimal.
    public var session: String
    /// The public parameters of the sum.
    public var parameters: Parameters
    /// How many devices answered each step, in order; the last is the number in the sum.
    public var survivors: [Int]
    /// The standard deviation of the noise in each coordinate of the sum, in real units.
    public var noiseStandardDeviation: Double
    /// The zero-concentrated differential privacy that this round costs a device in the sum, with
    /// the noise of the survivors alone.
    public var rho: Double
    /// The relation between data sets under which ``rho`` and ``spent`` hold.
    public var neighbouring: NeighbouringRelation
    /// The guarantee over all rounds so far, this one included.
    public var spent: Spent
    /// The hash of the model that this round started from, in hexadecimal.
    public var modelHash: String
    /// The hash of the previous entry's line, in hexadecimal; zeros in the first.
    public var previousHash: String

    /// The public parameters of a private sum.
    public struct Parameters: Codable, Sendable, Hashable {
        /// The number of coordinates that are summed.
        public var dimension: Int
        /// The number of coordinates on the wire.
        public var encodedDimension: Int
        /// The largest L2 norm of one contribution.
        public var clippingNorm: Double
        /// The real value of one ring unit.
        public var granularity: Double
        /// The family of the noise.
        public var noise: NoiseDistribution
        /// The variance of one unit of noise, in ring units squared.
        public var unitVariance: Double
        /// The units of noise that the honest devices in the sum keep together.
        public var targetUnits: Int
        /// The bits of the modulus.
        public var modulusBits: Int
        /// The number of devices invited.
        public var cohortSize: Int
        /// The number of devices below which nothing is revealed.
        public var minimumSurvivors: Int
        /// The number of devices whose noise is not counted on.
        public var colluding: Int

        /// Collects parameters.
        public init(
            dimension: Int, encodedDimension: Int, clippingNorm: Double, granularity: Double,
            noise: NoiseDistribution, unitVariance: Double, targetUnits: Int, modulusBits: Int,
            cohortSize: Int, minimumSurvivors: Int, colluding: Int
        ) {
            self.dimension = dimension
            self.encodedDimension = encodedDimension
            self.clippingNorm = clippingNorm
            self.granularity = granularity
            self.noise = noise
            self.unitVariance = unitVariance
            self.targetUnits = targetUnits
            self.modulusBits = modulusBits
            self.cohortSize = cohortSize
            self.minimumSurvivors = minimumSurvivors
            self.colluding = colluding
        }
    }

    /// A cumulative guarantee, against both adversaries.
    public struct Spent: Codable, Sendable, Hashable {
        /// Against the coordinator, which sees every sum and who took part in it.
        public var epsilonCoordinator: Double
        /// Against those who see the released models only.
        public var epsilonObserver: Double
        /// The delta of both.
        public var delta: Double

        /// Describes a guarantee.
        public init(epsilonCoordinator: Double, epsilonObserver: Double, delta: Double) {
            self.epsilonCoordinator = epsilonCoordinator
            self.epsilonObserver = epsilonObserver
            self.delta = delta
        }
    }

    /// Describes a round; the ledger fills in ``previousHash``.
    public init(
        aggregation: String, round: Int, query: String, session: String, parameters: Parameters,
        survivors: [Int], noiseStandardDeviation: Double, rho: Double,
        neighbouring: NeighbouringRelation, spent: Spent,
        modelHash: String
    ) {
        self.aggregation = aggregation
        self.round = round
        self.query = query
        self.session = session
        self.parameters = parameters
        self.survivors = survivors
        self.noiseStandardDeviation = noiseStandardDeviation
        self.rho = rho
        self.neighbouring = neighbouring
        self.spent = spent
        self.modelHash = modelHash
        previousHash = PrivacyLedger.noHash
    }
}
