internal import Learning
internal import VectorKernels

/// A network trained by federated averaging under privacy.
///
/// In each round a device takes the shared parameters, goes through its own history a few times with
/// stochastic gradient descent, keeps its private parameters and contributes how far the shared
/// ones moved (McMahan et al., "Communication-efficient learning of deep networks from
/// decentralized data", AISTATS 2017, algorithm 1). One pass with all of the history in one batch
/// is their FedSGD. The server takes the mean change as a gradient for its own optimiser (Reddi et
/// al., "Adaptive federated optimization", ICLR 2021).
package struct FederatedNetwork<Network: RecommenderNetwork>: FederatedAlgorithm {
    /// The network.
    package let network: Network
    /// The settings.
    package let configuration: FederatedNetworkConfiguration

    private let update: UpdateLayout
    private let code: UpdateCode
    private let training: DeviceTraining<Network>
    private var shared: [Float]
    private var state: ServerOptimizer.State
    private var codeState: [Float]
    private var clippingNorm: Double

    /// A network before its first round.
    ///
    /// - Parameters:
    ///   - network: The network.
    ///   - configuration: The settings.
    ///   - shared: What the shared parameters start as; nil for the network's own start.
    /// - Throws: ``FederatedNetworkError`` where settings name parameters that it does not have.
    package init(
        _ network: Network, configuration: FederatedNetworkConfiguration, shared: [Float]? = nil
    ) throws {
        self.network = network
        self.configuration = configuration
        let frozen = try configuration.frozenParameters(of: network)
        update = UpdateLayout(network.layout, freezing: frozen)
        code = try UpdateCode(
            configuration.compression, of: update, seed: configuration.seed)
        codeState = [Float](repeating: 0, count: code.stateCount)
        training = DeviceTraining(network, configuration: configuration, frozen: frozen)
        let start = shared ?? network.layout.start(.shared, seed: configuration.seed)
        precondition(start.count == network.layout.count(.shared))
        self.shared = start
        state = configuration.server.makeState(for: update.gather(start))
        clippingNorm = configuration.clippingNorm
    }

    /// Goes back before the first round, from other shared parameters.
    mutating func restart(from shared: [Float]) {
        precondition(shared.count == self.shared.count)
        self.shared = shared
        state = configuration.server.makeState(for: update.gather(shared))
        codeState = [Float](repeating: 0, count: code.stateCount)
        clippingNorm = configuration.clippingNorm
    }

    /// One sum a round: the change of the shared parameters and, if the clipping norm adapts, one
    /// more row for its estimate.
    package var queries: [SumQuery] {
        let adapts = configuration.adaptiveClipping != nil
        let norm = adapts ? ClippingIndicator.norm(with: clippingNorm) : clippingNorm
        return (0..<configuration.rounds).map { round in
            let shape = code.shape(round: round)
            return SumQuery(
                name: "model change", dimension: (shape.rows + (adapts ? 1 : 0)) * shape.columns,
                clippingNorm: norm, budgetShare: 1, broadcastByteCount: 4 * shared.count + 8)
        }
    }

    package func makePrivateParameters(seed: UInt64) -> [Float] {
        network.layout.start(.personal, seed: seed)
    }

    /// The shared parameters and the clipping norm, with tapes for the devices that this process
    /// simulates.
    package struct Broadcast: Sendable {
        let pool: TapePool
        let clippingNorm: Double
        let round: Int
    }

    package func broadcast(round: Int) -> Broadcast {
        Broadcast(
            pool: TapePool(network.layout, shared: shared), clippingNorm: clippingNorm,
            round: round)
    }

    package func snapshot(of broadcast: Broadcast) -> Snapshot {
        var snapshot = NetworkModel(network, shared: broadcast.pool.shared).snapshot
        snapshot.kind = broadcastKind
        snapshot.attributes["clippingNorm"] = String(broadcast.clippingNorm)
        snapshot.attributes["round"] = String(broadcast.round)
        return snapshot
    }

    package func broadcast(from snapshot: Snapshot) throws(SnapshotError) -> Broadcast {
        try snapshot.check(kind: broadcastKind)
        guard let round = snapshot.attributes["round"].flatMap(Int.init),
            (0..<configuration.rounds).contains(round)
        else { throw .damaged }
        return Broadcast(
            pool: TapePool(network.layout, shared: try network.shared(in: snapshot)),
            clippingNorm: try Self.clippingNorm(in: snapshot), round: round)
    }

    /// How far the device's shared parameters moved; nothing where training diverged, as a sum takes
    /// finite numbers only, and the private parameters then stay.
    package func statistic(
        _ broadcast: Broadcast, of history: [Interaction], privateParameters: inout [Float],
        seed: UInt64
    ) -> Statistic {
        let histories = Histories([history], itemCount: network.itemCount)
        let (whole, personal) = broadcast.pool.withTape(
            personal: privateParameters, seed: seed
        ) { tape in
            training.train(tape, on: histories, from: broadcast.pool.shared)
            return (
                update.changes(of: tape.parameters, from: broadcast.pool.shared),
                tape.parameters.read(.personal)
            )
        }
        let shape = code.shape(round: broadcast.round)
        var statistic = Statistic(rows: [], width: shape.columns, values: [])
        var squaredNorm = Double.infinity
        if whole.squaredNorm.isFinite, personal.allSatisfy(\.isFinite) {
            var changes = whole
            if configuration.clipsLayers {
                update.clipLayers(of: &changes, to: broadcast.clippingNorm)
            }
            statistic = code.encode(changes, round: broadcast.round)
            squaredNorm = statistic.squaredNorm
            privateParameters = personal
        }
        if configuration.adaptiveClipping != nil {
            ClippingIndicator.clip(
                &statistic, squaredNorm: squaredNorm, to: broadcast.clippingNorm,
                indicatorRow: shape.rows)
        }
        return statistic
    }

    /// One step of the server's optimiser along the mean change.
    package mutating func update(round: Int, with sum: NoisySum) {
        let shape = code.shape(round: round)
        let dimension = shape.rows * shape.columns
        let extra = configuration.adaptiveClipping == nil ? 0 : shape.columns
        precondition(sum.values.count == dimension + extra, "the sum has another dimension")
        let contributors = max(1, sum.contributors)
        var vector = update.gather(shared)
        configuration.server.apply(
            code.decode(sum.values.prefix(dimension), round: round, state: &codeState),
            scale: 1 / Float(contributors), to: &vector, state: &state)
        update.scatter(vector, to: &shared)
        if let adaptive = configuration.adaptiveClipping {
            clippingNorm = ClippingIndicator.adapted(
                clippingNorm, by: adaptive, indicatorSum: Double(sum.values[dimension]),
                contributors: contributors)
        }
    }

    /// The model as of the rounds taken in so far.
    package var model: PersonalizedModel<Network> {
        PersonalizedModel(NetworkModel(network, shared: shared), training: training)
    }

    package var checkpoint: Snapshot {
        var snapshot = NetworkModel(network, shared: shared).snapshot
        snapshot.kind = checkpointKind
        // Swift prints the shortest text that reads back as the same number.
        snapshot.attributes["clippingNorm"] = String(clippingNorm)
        let shape = [update.rowCount, update.width]
        snapshot.tensors["server.code"] = Snapshot.Tensor(
            shape: [codeState.count], values: codeState)
        snapshot.tensors["server.first"] = Snapshot.Tensor(shape: shape, values: state.first)
        snapshot.tensors["server.second"] = Snapshot.Tensor(shape: shape, values: state.second)
        return snapshot
    }

    package mutating func restore(from checkpoint: Snapshot) throws {
        try checkpoint.check(kind: checkpointKind)
        let restored = try network.shared(in: checkpoint)
        let shape = [update.rowCount, update.width]
        let state = ServerOptimizer.State(
            first: try checkpoint.values("server.first", shape: shape),
            second: try checkpoint.values("server.second", shape: shape))
        codeState = try checkpoint.values("server.code", shape: [code.stateCount])
        clippingNorm = try Self.clippingNorm(in: checkpoint)
        (shared, self.state) = (restored, state)
    }

    private static func clippingNorm(in snapshot: Snapshot) throws(SnapshotError) -> Double {
        guard let norm = snapshot.attributes["clippingNorm"].flatMap(Double.init), norm.isFinite,
            norm > 0
        else { throw .damaged }
        return norm
    }

    var broadcastKind: String { network.configuration.name + " broadcast" }
    var checkpointKind: String { network.configuration.name + " checkpoint" }
}
