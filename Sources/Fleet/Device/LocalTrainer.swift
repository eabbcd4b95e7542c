package import PrivacyLedger
internal import PrivateAggregation
package import Recommender
internal import Simulation

/// Computes what devices contribute to the rounds of one task, whatever its algorithm. One serves all
/// devices of a process.
package protocol LocalTrainer: Sendable {
    /// Whether a round's plan is one of the algorithm's queries.
    func canAnswer(_ plan: RoundPlan) -> Bool

    /// The parameters that never leave a device, before its first round.
    func makePrivateParameters(seed: UInt64) -> [Float]

    /// A device's vector, dense.
    ///
    /// - Parameters:
    ///   - plan: The round.
    ///   - broadcast: The hash of what the server sent.
    ///   - load: Fetches that, where no device has before.
    ///   - history: What the device's owner did.
    ///   - privateParameters: The device's own; updated.
    ///   - seed: For local sampling.
    func contribution(
        to plan: RoundPlan, broadcast: [UInt8],
        loading load: @escaping @Sendable () async throws -> [UInt8],
        history: [Interaction], privateParameters: inout [Float], seed: UInt64
    ) async throws -> [Float]

    /// What ranks with a published model as the algorithm's own does.
    func ranker(of model: PublishedModel) -> any Ranker
}

/// The trainer of one algorithm.
package struct AlgorithmTrainer<Algorithm: FederatedAlgorithm>: LocalTrainer {
    private let algorithm: Algorithm
    private let broadcasts = SharedLoads<[UInt8], Algorithm.Broadcast>(capacity: 2)

    /// - Parameter algorithm: Before its first round, as the coordinator has it.
    package init(_ algorithm: Algorithm) { self.algorithm = algorithm }

    package func canAnswer(_ plan: RoundPlan) -> Bool {
        algorithm.queries.contains {
            $0.name == plan.query && $0.dimension == plan.sum.dimension
        }
    }

    package func makePrivateParameters(seed: UInt64) -> [Float] {
        algorithm.makePrivateParameters(seed: seed)
    }

    package func contribution(
        to plan: RoundPlan, broadcast: [UInt8],
        loading load: @escaping @Sendable () async throws -> [UInt8],
        history: [Interaction], privateParameters: inout [Float], seed: UInt64
    ) async throws -> [Float] {
        let received = try await broadcasts.value(broadcast) { [algorithm] in
            try algorithm.broadcast(from: try Snapshot(decoding: try await load()))
        }
        let statistic = algorithm.statistic(
            received, of: history, privateParameters: &privateParameters, seed: seed)
        // A broadcast of another step than the plan's asks for another statistic.
        guard statistic.fits(plan.sum.dimension) else { throw SnapshotError.damaged }
        return statistic.dense(dimension: plan.sum.dimension)
    }

    package func ranker(of model: PublishedModel) -> any Ranker {
        model.ranker(of: (algorithm as? FederatedMatrixFactorization)?.configuration)
    }
}
