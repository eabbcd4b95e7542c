/// A way to train a recommender by private sums: what to broadcast, what a device contributes, and
/// what the server makes of the sum. It knows nothing of noise shares, masks or transport.
///
/// A run asks for ``queries`` once, then for each round: ``broadcast(round:)`` on the server,
/// ``statistic(_:of:privateParameters:seed:)`` on every device of the cohort, and
/// ``update(round:with:)`` with the noisy sum on the server.
public protocol FederatedAlgorithm: Sendable {
    /// What every device of a cohort receives in a round.
    associatedtype Broadcast: Sendable
    /// What ranks items on the device.
    associatedtype Model: DeviceModel

    /// One query a round, in order. Only clipping norms may change as training proceeds.
    var queries: [SumQuery] { get }

    /// The parameters that never leave the device, before its first round; may be empty.
    func makePrivateParameters(seed: UInt64) -> [Float]

    /// What the server sends at the start of round `round` (from 0).
    func broadcast(round: Int) -> Broadcast

    /// A broadcast as it is sent.
    func snapshot(of broadcast: Broadcast) -> Snapshot

    /// A broadcast that was received, whoever sent it.
    ///
    /// - Throws: ``SnapshotError`` where it is none, or not of this algorithm and catalogue.
    func broadcast(from snapshot: Snapshot) throws(SnapshotError) -> Broadcast

    /// A device's contribution, before clipping and noise.
    ///
    /// - Parameters:
    ///   - broadcast: What the server sent.
    ///   - history: The device's own training interactions, oldest first; may be empty.
    ///   - privateParameters: The device's own parameters, to be updated in place.
    ///   - seed: The device's own seed for local sampling in this round.
    func statistic(
        _ broadcast: Broadcast, of history: [Interaction], privateParameters: inout [Float],
        seed: UInt64
    ) -> Statistic

    /// Takes in the noisy sum of round `round`.
    mutating func update(round: Int, with sum: NoisySum)

    /// The model as of the rounds taken in so far.
    var model: Model { get }

    /// Whether the rounds that are left would come to nothing more, so that they need not be run.
    var isFinished: Bool { get }

    /// What private sums have last shown of the model's quality; nil where none did.
    var measuredQuality: MeasuredQuality? { get }

    /// Everything needed to go on from here, device parameters not included.
    var checkpoint: Snapshot { get }

    /// Goes back to the state of a ``checkpoint`` made by an algorithm of the same configuration.
    mutating func restore(from checkpoint: Snapshot) throws
}

extension FederatedAlgorithm {
    /// Trains to the end.
    public var isFinished: Bool { false }
    /// Measures nothing.
    public var measuredQuality: MeasuredQuality? { nil }
}

/// What ranks the catalogue for one person, on the device.
public protocol Ranker: Sendable {
    /// A score for every item of the catalogue; higher is better.
    ///
    /// - Parameters:
    ///   - history: The person's interactions so far, oldest first; may be empty.
    ///   - privateParameters: The parameters that training left on the device; may be empty.
    func scores(history: [Interaction], privateParameters: [Float]) -> [Float]

    /// The model as it is published.
    var snapshot: Snapshot { get }
}

/// A trained model that devices rank with.
public protocol DeviceModel: Ranker {
    /// What a device needs of it.
    var content: RankingContent { get }
}
