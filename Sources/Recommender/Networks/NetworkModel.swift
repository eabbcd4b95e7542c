import Learning
internal import VectorKernels

/// A trained network, which ranks on the device.
package struct NetworkModel<Network: RecommenderNetwork>: Ranker {
    /// The network.
    package let network: Network
    /// How popular the items are; nil where ranking does not look at it.
    let popularity: ItemPopularity?
    private let pool: TapePool

    /// A network with trained shared parameters, one after the other.
    package init(_ network: Network, shared: [Float], popularity: ItemPopularity? = nil) {
        self.init(
            network, pool: TapePool(network.layout, shared: shared), popularity: popularity)
    }

    /// A network whose parameters are in a pool.
    init(_ network: Network, pool: TapePool, popularity: ItemPopularity?) {
        self.network = network
        self.pool = pool
        self.popularity = popularity
    }

    /// The model of a snapshot, of this network.
    ///
    /// - Throws: ``SnapshotError`` where it is none.
    init(_ network: Network, in snapshot: Snapshot) throws(SnapshotError) {
        self.init(
            network, shared: try network.shared(in: snapshot),
            popularity: try ItemPopularity(snapshot, itemCount: network.itemCount))
    }

    /// The shared parameters.
    package var shared: [Float] { pool.shared }

    package func scores(history: [Interaction], privateParameters: [Float]) -> [Float] {
        scores(history: history, privateParameters: privateParameters, seed: 0) { _, _ in }
    }

    /// The scores after `prepare` has fitted what it wants to the history, for this ranking alone.
    func scores(
        history: [Interaction], privateParameters: [Float], seed: UInt64,
        preparing prepare: (Tape, Histories) -> Void
    ) -> [Float] {
        let histories = Histories(
            [history], itemCount: network.itemCount, popularity: popularity)
        let scores = pool.withTape(personal: privateParameters, seed: seed) { tape in
            prepare(tape, histories)
            tape.restart(training: false)
            return tape.memory.read(network.scores(of: 0, in: histories, on: tape))
        }
        guard let popularity else { return scores }
        return zip(scores, popularity.prior).map { $0 + $1 }
    }

    /// A vector of each item, one after the other.
    var itemVectors: (values: [Float], width: Int) {
        pool.withTape(personal: [], seed: 0) { tape in
            tape.restart(training: false)
            let vectors = network.itemVectors(on: tape)
            return (tape.memory.read(vectors), vectors.columns)
        }
    }

    package var snapshot: Snapshot {
        var tensors: [String: Snapshot.Tensor] = [:]
        var start = 0
        for entry in network.layout.entries where entry.scope == .shared {
            tensors[entry.name] = Snapshot.Tensor(
                shape: [entry.rows, entry.columns],
                values: Array(shared[start..<start + entry.count]))
            start += entry.count
        }
        var snapshot = Snapshot(
            kind: network.configuration.name, attributes: network.configuration.texts,
            tensors: tensors)
        popularity?.write(to: &snapshot)
        return snapshot
    }
}

extension RecommenderNetwork {
    /// The shared parameters of a snapshot, one after the other.
    ///
    /// - Throws: ``SnapshotError`` where it is not one of this network.
    func shared(in snapshot: Snapshot) throws(SnapshotError) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(layout.count(.shared))
        for entry in layout.entries where entry.scope == .shared {
            let tensor = try snapshot.values(entry.name, shape: [entry.rows, entry.columns])
            guard tensor.allSatisfy({ $0.isFinite }) else { throw .notFinite(entry.name) }
            values += tensor
        }
        return values
    }
}
