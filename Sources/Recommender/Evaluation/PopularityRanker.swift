/// Ranks by how often each item was chosen, the same for everybody: the baseline to beat.
///
/// With raw counts it is a reference without privacy, for the simulator only.
public struct PopularityRanker: Ranker, Hashable {
    /// A count for each item of the catalogue; noisy ones may be negative.
    public let counts: [Float]

    /// Ranks by the given counts.
    public init(counts: [Float]) { self.counts = counts }

    /// Ranks by how often each of `itemCount` items occurs in the histories.
    public init(itemCount: Int, histories: some Sequence<[Interaction]>) {
        var counts = [Float](repeating: 0, count: itemCount)
        for history in histories {
            for interaction in history { counts[Int(interaction.item)] += 1 }
        }
        self.init(counts: counts)
    }

    /// The counts.
    public func scores(history: [Interaction], privateParameters: [Float]) -> [Float] { counts }

    /// The counts, as tensor "counts" of kind "popularity".
    public var snapshot: Snapshot {
        Snapshot(
            kind: "popularity",
            tensors: ["counts": Snapshot.Tensor(shape: [counts.count], values: counts)])
    }

    /// Reads what ``snapshot`` wrote.
    public init(snapshot: Snapshot) throws(SnapshotError) {
        guard snapshot.kind == "popularity" else {
            throw .wrongKind(expected: "popularity", actual: snapshot.kind)
        }
        let count = snapshot.tensors["counts"]?.values.count ?? 0
        self.init(counts: try snapshot.values("counts", shape: [count]))
    }
}
