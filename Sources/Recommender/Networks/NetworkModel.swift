import Learning
internal import VectorKernels

/// A trained network, which ranks on the device.
package struct NetworkModel<Network: RecommenderNetwork>: Ranker {
    /// The network.
    package let network: Network
    private let pool: TapePool

    /// A network with trained shared parameters, one after the other.
    package init(_ network: Network, shared: [Float]) {
        self.network = network
        pool = TapePool(network.layout, shared: shared)
    }

    /// A network whose parameters are in a pool.
    init(_ network: Network, pool: TapePool) {
        self.network = network
        self.pool = pool
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
        let histories = Histories([history], itemCount: network.itemCount)
        return pool.withTape(personal: privateParameters, seed: seed) { tape in
            prepare(tape, histories)
            tape.restart(training: false)
            return tape.memory.read(network.scores(of: 0, in: histories, on: tape))
        }
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
        return Snapshot(
            kind: network.configuration.name, attributes: network.configuration.texts,
            tensors: tensors)
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
