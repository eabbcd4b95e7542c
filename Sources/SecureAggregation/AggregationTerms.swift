/// What a device insists on, whatever a coordinator says: part of its own configuration and memory.
public struct AggregationTerms: Sendable, Hashable {
    /// The fewest devices in whose sum this one agrees to be.
    public var minimumSurvivors: Int
    /// The share of a cohort that may collude with the coordinator without harm to this device.
    public var corruptShare: Double
    /// The binary logarithm of the probability that graph and committee may fail with at that share.
    public var failureExponent: Double
    /// What the device agreed to contribute to; nil where the layer above decides.
    public var purpose: [UInt8]?
    /// The latest round that the device took part in; rounds up to it are refused as replays.
    public var latestRound: UInt64?

    /// Collects terms.
    public init(
        minimumSurvivors: Int, corruptShare: Double, failureExponent: Double = -40,
        purpose: [UInt8]? = nil, latestRound: UInt64? = nil
    ) {
        self.minimumSurvivors = minimumSurvivors
        self.corruptShare = corruptShare
        self.failureExponent = failureExponent
        self.purpose = purpose
        self.latestRound = latestRound
    }

    /// Agrees to `parameters`, or says why not.
    ///
    /// - Throws: ``AggregationError/refusedTerms(_:)`` or ``AggregationError/replayed(round:latest:)``.
    public func accept(
        _ parameters: AggregationParameters
    ) throws(AggregationError) -> AcceptedParameters {
        if let latestRound, parameters.round <= latestRound {
            throw .replayed(round: parameters.round, latest: latestRound)
        }
        if let purpose, parameters.purpose != purpose {
            throw .refusedTerms("it is another sum than the one that was consented to")
        }
        guard parameters.minimumSurvivors >= minimumSurvivors else {
            throw .refusedTerms(
                "it may be revealed for \(parameters.minimumSurvivors) devices, fewer than "
                    + "\(minimumSurvivors)")
        }
        let lost = parameters.cohortSize - parameters.minimumSurvivors
        guard
            parameters.graph.protects(
                cohortSize: parameters.cohortSize, corruptShare: corruptShare, lost: lost,
                failureExponent: failureExponent)
        else {
            throw .refusedTerms(
                "degree \(parameters.graph.degree) and threshold \(parameters.graph.threshold) do not "
                    + "protect against a share of \(corruptShare) of \(parameters.cohortSize) devices"
            )
        }
        guard
            parameters.committee.protects(
                cohortSize: parameters.cohortSize, corruptShare: corruptShare,
                failureExponent: failureExponent)
        else {
            throw .refusedTerms(
                "a committee of \(parameters.committee.size) with a quorum of "
                    + "\(parameters.committee.quorum) does not protect against a share of "
                    + "\(corruptShare) of \(parameters.cohortSize) devices")
        }
        return AcceptedParameters(parameters)
    }
}

/// Parameters that a device agreed to, with the graph and the committee that it derived from them.
public struct AcceptedParameters: Sendable {
    /// The parameters.
    public let parameters: AggregationParameters
    /// Who shares secrets with whom.
    public let graph: NeighbourGraph
    /// The devices that sign the survivors, in ascending order.
    public let committee: [Int]

    /// Derives what follows from the parameters, whoever accepts them.
    package init(_ parameters: AggregationParameters) {
        self.parameters = parameters
        graph = parameters.makeNeighbourGraph()
        committee = parameters.makeCommittee()
    }
}
