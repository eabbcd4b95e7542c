public import FederatedProtocol
public import PrivacyLedger
public import Recommender

/// What a finished round left behind: one line of `metrics.jsonl`. It holds no times, so that the same
/// seed gives the same bytes on any machine and any number of threads.
public struct RoundMetrics: Codable, Sendable, Hashable {
    /// The number of the round, from 0.
    public var round: Int
    /// What was summed.
    public var query: String
    /// How many devices were invited.
    public var invited: Int
    /// How many devices answered each of the four steps.
    public var survivors: [Int]
    /// The largest L2 norm of a contribution.
    public var clippingNorm: Double
    /// The standard deviation of the noise in each coordinate of the sum.
    public var noiseStandardDeviation: Double
    /// The guarantee over all rounds so far.
    public var spent: Spent
    /// What a device that stayed to the end sent and received, in bytes.
    public var bytesPerDevice: RoundTraffic
    /// The BLAKE2b of the unmasked integer sum, in hexadecimal; absent in statistical aggregation.
    public var sumDigest: String?
    /// The ranking quality after the round; absent where it was not measured.
    public var quality: RankingQuality?
    /// What the private sum of the round shows of the ranking quality; absent where it is of another
    /// thing.
    public var measured: MeasuredQuality?
    /// How many people are shown the item that is pushed; absent where it was not measured, or none is.
    public var exposure: TargetExposure?
    /// What was found of the groups of the cohort; absent where it has one sum.
    public var groups: GroupCheck?
    /// What the round took in virtual time; absent where no time passes.
    package var time: RoundTime?
}
