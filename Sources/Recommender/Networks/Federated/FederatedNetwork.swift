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
    private let schedule: RoundSchedule
    private let training: DeviceTraining<Network>
    private var shared: [Float]
    private var state: ServerOptimizer.State
    private var codeState: [Float]
    private var clippingNorm: Double
    private var watch: QualityWatch
    private var votes: PopularityVotes?

    /// A network before its first round.
    ///
    /// - Parameters:
    ///   - network: The network.
    ///   - configuration: The settings.
    ///   - newItems: Those that nobody in training could turn to.
    ///   - shared: What the shared parameters start as; nil for the network's own start.
    /// - Throws: ``FederatedNetworkError`` where settings name parameters that it does not have, or make
    ///   an update smaller than it can be.
    package init(
        _ network: Network, configuration: FederatedNetworkConfiguration, newItems: [Int] = [],
        shared: [Float]? = nil
    ) throws {
        self.network = network
        self.configuration = configuration
        let frozen = try configuration.frozenParameters(of: network)
        update = UpdateLayout(network.layout, freezing: frozen)
        code = try UpdateCode(
            configuration.compression, of: update, seed: configuration.seed)
        codeState = [Float](repeating: 0, count: code.stateCount)
        schedule = RoundSchedule(
            training: configuration.rounds, evaluation: configuration.evaluation,
            popularity: configuration.popularity)
        votes = configuration.popularity.map {
            PopularityVotes($0, itemCount: network.itemCount, newItems: newItems)
        }
        watch = QualityWatch()
        training = DeviceTraining(network, configuration: configuration, frozen: frozen)
        let start = shared ?? network.layout.start(.shared, seed: configuration.seed)
        precondition(start.count == network.layout.count(.shared))
        guard configuration.trainingShare > 0 else {
            throw FederatedNetworkError.contradiction(
                "algorithm.popularityShare and algorithm.measureShare leave training no budget; "
                    + "lower them to less than 1 together")
        }
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
        watch = QualityWatch()
    }

    /// One sum a round: popularity, where training looks at it; the change of the shared parameters
    /// and, if the clipping norm adapts, one more row for its estimate; or what ``PrivateEvaluation``
    /// measures.
    package var queries: [SumQuery] {
        let adapts = configuration.adaptiveClipping != nil
        let norm = adapts ? ClippingIndicator.norm(with: clippingNorm) : clippingNorm
        return schedule.rounds.map { round in
            switch round {
            case .popularity:
                return SumQuery(
                    name: "popularity", dimension: network.itemCount, clippingNorm: 1,
                    budgetShare: (configuration.popularity?.budgetShare ?? 0)
                        / Double(schedule.popularityRounds),
                    broadcastByteCount: broadcastByteCount)
            case .training(let number):
                let shape = code.shape(round: number)
                return SumQuery(
                    name: "model change",
                    dimension: (shape.rows + (adapts ? 1 : 0)) * shape.columns,
                    clippingNorm: norm,
                    budgetShare: configuration.trainingShare / Double(configuration.rounds),
                    broadcastByteCount: broadcastByteCount)
            case .evaluation:
                return SumQuery(
                    name: "quality", dimension: configuration.evaluation?.dimension ?? 0,
                    clippingNorm: PrivateEvaluation.norm,
                    budgetShare: (configuration.evaluation?.budgetShare ?? 0)
                        / Double(schedule.evaluations),
                    broadcastByteCount: broadcastByteCount)
            }
        }
    }

    private var broadcastByteCount: Int {
        4 * (shared.count + (configuration.popularity == nil ? 0 : network.itemCount)) + 8
    }

    package func makePrivateParameters(seed: UInt64) -> [Float] {
        network.layout.start(.personal, seed: seed)
    }

    /// The shared parameters, the clipping norm and which round it is, with tapes for the devices that
    /// this process simulates.
    package struct Broadcast: Sendable {
        let pool: TapePool
        let popularity: ItemPopularity?
        let clippingNorm: Double
        let round: Int
    }

    package func broadcast(round: Int) -> Broadcast {
        Broadcast(
            pool: TapePool(network.layout, shared: shared), popularity: popularity,
            clippingNorm: clippingNorm, round: round)
    }

    package func snapshot(of broadcast: Broadcast) -> Snapshot {
        var snapshot = NetworkModel(
            network, pool: broadcast.pool, popularity: broadcast.popularity
        ).snapshot
        snapshot.kind = broadcastKind
        snapshot.attributes["clippingNorm"] = String(broadcast.clippingNorm)
        snapshot.attributes["round"] = String(broadcast.round)
        return snapshot
    }

    package func broadcast(from snapshot: Snapshot) throws(SnapshotError) -> Broadcast {
        try snapshot.check(kind: broadcastKind)
        guard let round = snapshot.attributes["round"].flatMap(Int.init),
            schedule.rounds.indices.contains(round)
        else { throw .damaged }
        return Broadcast(
            pool: TapePool(network.layout, shared: try network.shared(in: snapshot)),
            popularity: try ItemPopularity(snapshot, itemCount: network.itemCount),
            clippingNorm: try Self.clippingNorm(in: snapshot), round: round)
    }

    /// The device's votes, how its list did, or how far its shared parameters moved; nothing where training
    /// diverged, as a sum takes finite numbers only, and the private parameters then stay.
    package func statistic(
        _ broadcast: Broadcast, of history: [Interaction], privateParameters: inout [Float],
        seed: UInt64
    ) -> Statistic {
        switch schedule.rounds[broadcast.round] {
        case .popularity:
            return ItemPopularity.vote(of: history.filter { network.knows($0.item) })
        case .evaluation:
            return measurement(
                broadcast, of: history, privateParameters: privateParameters, seed: seed)
        case .training(let number):
            return change(
                broadcast, number: number, of: history, privateParameters: &privateParameters,
                seed: seed)
        }
    }

    private func change(
        _ broadcast: Broadcast, number: Int, of history: [Interaction],
        privateParameters: inout [Float], seed: UInt64
    ) -> Statistic {
        // What is measured is kept out of training.
        let known = history.dropLast(configuration.evaluation == nil ? 0 : 1)
        let histories = Histories(
            [Array(known)], itemCount: network.itemCount, popularity: broadcast.popularity)
        let (whole, personal) = broadcast.pool.withTape(
            personal: privateParameters, seed: seed
        ) { tape in
            training.train(tape, on: histories, from: broadcast.pool.shared)
            return (
                update.changes(of: tape.parameters, from: broadcast.pool.shared),
                tape.parameters.read(.personal)
            )
        }
        let shape = code.shape(round: number)
        var statistic = Statistic(rows: [], width: shape.columns, values: [])
        var squaredNorm = Double.infinity
        if whole.squaredNorm.isFinite, personal.allSatisfy(\.isFinite) {
            var changes = whole
            if configuration.clipsLayers {
                update.clipLayers(of: &changes, to: broadcast.clippingNorm)
            }
            statistic = code.encode(changes, round: number)
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

    /// How the device's list does before its last interaction.
    private func measurement(
        _ broadcast: Broadcast, of history: [Interaction], privateParameters: [Float], seed: UInt64
    ) -> Statistic {
        guard let evaluation = configuration.evaluation else {
            preconditionFailure("nothing is measured")
        }
        let known = Array(history.dropLast())
        guard let last = history.last, !known.isEmpty, network.knows(last.item)
        else { return evaluation.statistic(rank: nil, length: history.count) }
        let model = PersonalizedModel(
            NetworkModel(network, pool: broadcast.pool, popularity: broadcast.popularity),
            training: training)
        let outcome = RankingEvaluation(evaluation.ranking, itemCount: network.itemCount).outcome(
            scores: model.scores(history: known, privateParameters: privateParameters),
            user: Int(truncatingIfNeeded: seed), seen: items(of: known), targets: [last.item])
        return evaluation.statistic(rank: outcome?.sampledRanks.first, length: history.count)
    }

    /// The items of the catalogue in a history.
    private func items(of history: [Interaction]) -> [Int32] {
        history.map(\.item).filter(network.knows)
    }

    /// Takes in votes, or looks at the quality, or takes one step of the server's optimiser along the
    /// mean change.
    package mutating func update(round: Int, with sum: NoisySum) {
        switch schedule.rounds[round] {
        case .popularity: votes?.add(sum)
        case .evaluation:
            guard let evaluation = configuration.evaluation else { return }
            let isStopped = watch.take(
                evaluation.quality(in: sum), shared: shared, patience: evaluation.patience)
            if isStopped { shared = watch.best ?? shared }
        case .training(let number): step(number, with: sum)
        }
    }

    private mutating func step(_ number: Int, with sum: NoisySum) {
        let shape = code.shape(round: number)
        let dimension = shape.rows * shape.columns
        let extra = configuration.adaptiveClipping == nil ? 0 : shape.columns
        precondition(sum.values.count == dimension + extra, "the sum has another dimension")
        let contributors = max(1, sum.contributors)
        var vector = update.gather(shared)
        configuration.server.apply(
            code.decode(sum.values.prefix(dimension), round: number, state: &codeState),
            scale: 1 / Float(contributors), to: &vector, state: &state)
        update.scatter(vector, to: &shared)
        if let adaptive = configuration.adaptiveClipping {
            clippingNorm = ClippingIndicator.adapted(
                clippingNorm, by: adaptive, indicatorSum: Double(sum.values[dimension]),
                contributors: contributors)
        }
    }

    package var isFinished: Bool { watch.isStopped }

    package var measuredQuality: MeasuredQuality? { watch.last }

    /// The model as of the rounds taken in so far.
    package var model: PersonalizedModel<Network> {
        PersonalizedModel(
            NetworkModel(network, shared: shared, popularity: popularity), training: training)
    }

    private var popularity: ItemPopularity? { votes?.popularity }

    package var checkpoint: Snapshot {
        var snapshot = NetworkModel(network, shared: shared).snapshot
        snapshot.kind = checkpointKind
        // Swift prints the shortest text that reads back as the same number.
        snapshot.attributes["clippingNorm"] = String(clippingNorm)
        let shape = [update.rowCount, update.width]
        watch.write(to: &snapshot)
        votes?.write(to: &snapshot)
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
        let watch = try QualityWatch(checkpoint, parameters: shared.count)
        var votes = votes
        try votes?.restore(from: checkpoint)
        codeState = try checkpoint.values("server.code", shape: [code.stateCount])
        clippingNorm = try Self.clippingNorm(in: checkpoint)
        (shared, self.state, self.watch, self.votes) = (restored, state, watch, votes)
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
