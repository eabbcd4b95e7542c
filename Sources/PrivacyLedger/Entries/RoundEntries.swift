public import PrivateAggregation

/// A round as it is planned, written down before the first device is asked.
public struct RoundPlan: Sendable, Hashable {
    /// The task's name.
    public var task: String
    /// The number of the round in its task, from 0.
    public var round: Int
    /// What is summed.
    public var query: String
    /// The name of the masked sum, 32 bytes, never used twice.
    public var session: [UInt8]
    /// How the sum is computed.
    public var aggregation: AggregationFidelity
    /// The root of the ``CohortCommitment`` to those invited, 32 bytes.
    public var cohort: [UInt8]
    /// The hash of the model that the round starts from; empty where there is none.
    public var modelBefore: [UInt8]
    /// Encoding, noise and modulus.
    public var sum: PrivateSumPlan
    /// The number of groups into which those invited are divided, whose sizes differ by one at most, each
    /// with a sum of its own. Nobody is in two, so that a round costs what the dearest sum does: plan, charge
    /// and outcome are of that one.
    public var groups: Int

    /// Plans a round.
    public init(
        task: String, round: Int, query: String, session: [UInt8], aggregation: AggregationFidelity,
        cohort: [UInt8], modelBefore: [UInt8], sum: PrivateSumPlan, groups: Int = 1
    ) {
        self.task = task
        self.round = round
        self.query = query
        self.session = session
        self.aggregation = aggregation
        self.cohort = cohort
        self.modelBefore = modelBefore
        self.sum = sum
        self.groups = groups
    }
}

/// What a round costs, on the disk before the coordinator asks for the shares that reveal the sum.
public struct RoundCharge: Sendable, Hashable {
    /// The task's name.
    public var task: String
    /// The number of the round.
    public var round: Int
    /// How many devices answered each step so far; the last is the number in the sum.
    public var survivors: [Int]
    /// The zero-concentrated differential privacy that this round costs a device in the sum, with
    /// the noise of the survivors alone.
    public var rho: Double
    /// The guarantee over all rounds of all tasks so far, this one included, as
    /// ``PopulationAccount`` gives it.
    public var spent: Spent

    /// Charges a round.
    public init(task: String, round: Int, survivors: [Int], rho: Double, spent: Spent) {
        self.task = task
        self.round = round
        self.survivors = survivors
        self.rho = rho
        self.spent = spent
    }
}

/// How a round ended.
public struct RoundOutcome: Sendable, Hashable {
    /// The task's name.
    public var task: String
    /// The number of the round.
    public var round: Int
    /// What came of it.
    public var result: Result

    /// The ends of a round.
    public enum Result: Sendable, Hashable {
        /// The sum was revealed: of so many devices, with this standard deviation in each
        /// coordinate (noise and rounding, real units), and the model is now the one of this hash.
        case completed(contributors: Int, noiseStandardDeviation: Double, modelAfter: [UInt8])
        /// Nothing was revealed, as too few devices were left after a step.
        case abandoned(step: String, left: Int, needed: Int)
    }

    /// Ends a round.
    public init(task: String, round: Int, result: Result) {
        self.task = task
        self.round = round
        self.result = result
    }
}
