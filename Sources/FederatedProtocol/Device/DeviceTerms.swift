internal import PrivacyLedger
internal import PrivateAggregation
internal import SecureAggregation

/// What a device insists on in every round, whatever a coordinator offers: part of the
/// configuration of the app and of the owner's settings.
public struct DeviceTerms: Sendable, Hashable {
    /// The fewest devices in whose sum this one agrees to be.
    public var minimumSurvivors: Int
    /// The share of any cohort, from 0 to below 1, that may collude with the coordinator. A task
    /// that promises more protection is held to its promise.
    public var corruptShare: Double
    /// The binary logarithm of the probability that graph and committee may fail with.
    public var failureExponent: Double
    /// The most coordinates that the device encodes: bounds the memory that a round may take, four
    /// bytes a coordinate several times over.
    public var largestDimension: Int
    /// The owner's cap on epsilon over all tasks, against the coordinator; the record's own cap
    /// holds as well.
    public var largestEpsilon: Double

    /// Collects terms.
    public init(
        minimumSurvivors: Int, corruptShare: Double, failureExponent: Double = -40,
        largestDimension: Int = 1 << 22, largestEpsilon: Double = .infinity
    ) {
        self.minimumSurvivors = minimumSurvivors
        self.corruptShare = corruptShare
        self.failureExponent = failureExponent
        self.largestDimension = largestDimension
        self.largestEpsilon = largestEpsilon
    }

    /// These terms for the masked sum of one round.
    ///
    /// - Parameters:
    ///   - offer: The round.
    ///   - record: The device's account before it joins.
    func aggregationTerms(for offer: RoundOffer, record: DeviceRecord) -> AggregationTerms {
        let latest = record.participations.lazy.filter { $0.task == offer.task.name }
            .map(\.round).max()
        return AggregationTerms(
            minimumSurvivors: minimumSurvivors,
            corruptShare: max(corruptShare, offer.task.policy.colludingShare),
            failureExponent: failureExponent, purpose: offer.plan.sum.digest,
            latestRound: latest.map { UInt64($0) })
    }
}
