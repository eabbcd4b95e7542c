/// What a device insists on, whatever a coordinator says: part of its own configuration and memory.
public struct AggregationTerms: Sendable, Hashable {
    /// The fewest devices in whose sum this one agrees to be.
    public var minimumSurvivors: Int
    /// The share of *any* cohort, from 0 to below 1, that may collude with the coordinator without
    /// harm to this device. The coordinator names the cohort: how it is drawn from the enrolled
    /// must not let it gather more.
    public var corruptShare: Double
    /// The binary logarithm of the probability that graph and committee may fail with at that
    /// share.
    public var failureExponent: Double
    /// What the device agreed to contribute to; nil where the layer above decides.
    public var purpose: [UInt8]?
    /// The latest round that the device took part in; rounds up to it are refused as replays. To be
    /// stored durably before the first message of a round leaves the device: a device that took
    /// part in a round twice could sign two sets of survivors.
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
    /// - Throws: ``AggregationError/refusedTerms(_:)`` or
    ///   ``AggregationError/replayed(round:latest:)``.
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
        guard (0..<1).contains(corruptShare), failureExponent < 0 else {
            throw .invalidParameters(
                "terms have a corrupt share from 0 to below 1 and a failure exponent below 0")
        }
        let size = parameters.cohortSize
        let corrupt = Int((corruptShare * Double(size)).rounded(.up))
        let tails = HypergeometricTails(largest: size)
        let (graph, committee) = (parameters.graph, parameters.committee)
        guard
            graph.protects(
                cohortSize: size, corrupt: corrupt, failureExponent: failureExponent, tails: tails)
        else {
            throw .refusedTerms(
                "degree \(graph.degree), threshold \(graph.threshold) and \(graph.leastInWindow) "
                    + "survivors a window do not protect against \(corrupt) of \(size) devices")
        }
        guard
            committee.isSafe(
                cohortSize: size, corrupt: corrupt, failureExponent: failureExponent, tails: tails)
        else {
            throw .refusedTerms(
                "a committee of \(committee.size) with a quorum of \(committee.quorum) does not "
                    + "protect against \(corrupt) of \(size) devices")
        }
        guard parameters.minimumSurvivors >= corrupt + 2 else {
            throw .refusedTerms(
                "\(parameters.minimumSurvivors) survivors, of whom \(corrupt) may be corrupt, may leave a "
                    + "device alone")
        }
        guard parameters.excessNoise == .none || parameters.excessNoise.excluded > corrupt else {
            throw .refusedTerms(
                "the noise of \(parameters.excessNoise.excluded) devices is not counted on, which must "
                    + "be more than the \(corrupt) that may be corrupt")
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
