internal import Learning

/// Private co-occurrence, then a small transformer trained by federated averaging to correct its user
/// embedding: the budget goes to embeddings first, where it pays most, and the transformer starts
/// from what they reach.
package struct RefinedCoOccurrence: FederatedAlgorithm {
    /// The share of the budget (of rho) that co-occurrence spends, over 0 and under 1.
    package let embeddingShare: Double
    private var embeddings: CoOccurrence
    private var refinement: FederatedNetwork<SequenceRefiner>

    /// Prepares both trainings.
    ///
    /// - Parameters:
    ///   - embeddings: The settings of co-occurrence.
    ///   - embeddingShare: The share of the budget that it spends.
    ///   - refiner: The transformer's settings; dimensions and weights become those of co-occurrence.
    ///   - training: How it is trained; what it freezes is frozen besides the embeddings.
    ///   - catalogue: The public items.
    /// - Throws: ``CoOccurrenceError`` or ``FederatedNetworkError``.
    package init(
        embeddings: CoOccurrenceConfiguration, embeddingShare: Double,
        refiner: SequenceRefiner.Configuration, training: FederatedNetworkConfiguration,
        catalogue: Catalogue
    ) throws {
        precondition(embeddingShare > 0 && embeddingShare < 1)
        self.embeddingShare = embeddingShare
        self.embeddings = try CoOccurrence(configuration: embeddings, catalogue: catalogue)
        var refiner = refiner
        refiner.dimensions = self.embeddings.configuration.dimensions
        refiner.weights = self.embeddings.configuration.ranking.weights
        if let contradiction = refiner.contradiction {
            throw FederatedNetworkError.contradiction(contradiction)
        }
        var training = training
        training.frozen.append(SequenceRefiner.frozenPrefix)
        refinement = try FederatedNetwork(
            SequenceRefiner(itemCount: catalogue.count, configuration: refiner),
            configuration: training, newItems: catalogue.newItems)
        startRefinement()
    }

    private var embeddingRounds: Int { embeddings.steps.count }

    package var queries: [SumQuery] {
        let refining = refinement.queries
        let whole = refining.reduce(0) { $0 + $1.budgetShare }
        return embeddings.queries.map { query in
            var query = query
            query.budgetShare *= embeddingShare
            return query
        }
            + refining.map { query in
                var query = query
                query.budgetShare *= (1 - embeddingShare) / whole
                return query
            }
    }

    package var isFinished: Bool { refinement.isFinished }

    package var measuredQuality: MeasuredQuality? { refinement.measuredQuality }

    package func makePrivateParameters(seed: UInt64) -> [Float] { [] }

    /// What the server sends in either part.
    package enum Broadcast: Sendable {
        /// Of co-occurrence.
        case embeddings(CoOccurrence.Broadcast)
        /// Of the transformer.
        case refinement(FederatedNetwork<SequenceRefiner>.Broadcast)
    }

    package func broadcast(round: Int) -> Broadcast {
        round < embeddingRounds
            ? .embeddings(embeddings.broadcast(round: round))
            : .refinement(refinement.broadcast(round: round - embeddingRounds))
    }

    package func snapshot(of broadcast: Broadcast) -> Snapshot {
        switch broadcast {
        case .embeddings(let broadcast): embeddings.snapshot(of: broadcast)
        case .refinement(let broadcast): refinement.snapshot(of: broadcast)
        }
    }

    package func broadcast(from snapshot: Snapshot) throws(SnapshotError) -> Broadcast {
        if snapshot.kind == refinement.broadcastKind {
            return .refinement(try refinement.broadcast(from: snapshot))
        }
        return .embeddings(try embeddings.broadcast(from: snapshot))
    }

    package func statistic(
        _ broadcast: Broadcast, of history: [Interaction], privateParameters: inout [Float],
        seed: UInt64
    ) -> Statistic {
        switch broadcast {
        case .embeddings(let broadcast):
            embeddings.statistic(
                broadcast, of: history, privateParameters: &privateParameters, seed: seed)
        case .refinement(let broadcast):
            refinement.statistic(
                broadcast, of: history, privateParameters: &privateParameters, seed: seed)
        }
    }

    package mutating func update(round: Int, with sum: NoisySum) {
        guard round < embeddingRounds else {
            return refinement.update(round: round - embeddingRounds, with: sum)
        }
        embeddings.update(round: round, with: sum)
        startRefinement()
    }

    /// Takes over what co-occurrence has come to.
    private mutating func startRefinement() {
        refinement.restart(
            from: refinement.network.start(
                from: embeddings.model.content, seed: refinement.configuration.seed))
    }

    /// Co-occurrence with the correction as it is, at first none.
    package var model: PersonalizedModel<SequenceRefiner> { refinement.model }

    package var checkpoint: Snapshot {
        var snapshot = embeddings.checkpoint
        let refined = refinement.checkpoint
        snapshot.kind = Self.checkpointKind
        for (name, value) in refined.attributes { snapshot.attributes[Self.prefix + name] = value }
        for (name, value) in refined.tensors { snapshot.tensors[Self.prefix + name] = value }
        return snapshot
    }

    package mutating func restore(from checkpoint: Snapshot) throws {
        try checkpoint.check(kind: Self.checkpointKind)
        var refined = Snapshot(kind: refinement.checkpointKind)
        for (name, value) in checkpoint.attributes where name.hasPrefix(Self.prefix) {
            refined.attributes[String(name.dropFirst(Self.prefix.count))] = value
        }
        for (name, value) in checkpoint.tensors where name.hasPrefix(Self.prefix) {
            refined.tensors[String(name.dropFirst(Self.prefix.count))] = value
        }
        try embeddings.restore(from: checkpoint)
        try refinement.restore(from: refined)
    }

    private static var checkpointKind: String { "refined co-occurrence checkpoint" }
    private static var prefix: String { "refinement " }
}
