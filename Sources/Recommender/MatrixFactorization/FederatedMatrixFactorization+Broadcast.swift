extension FederatedMatrixFactorization {
    /// The model as it is sent to every device of a cohort.
    public struct Broadcast: Sendable {
        /// The item matrix, row-major.
        let items: [Float]
        /// The norm that a device clips its change to if the norm adapts.
        let clippingNorm: Double
    }
    /// A broadcast as it is sent.
    public func snapshot(of broadcast: Broadcast) -> Snapshot {
        Snapshot(
            kind: Self.broadcastKind, attributes: ["clippingNorm": String(broadcast.clippingNorm)],
            tensors: ["items": .init(shape: shape, values: broadcast.items)])
    }

    /// A broadcast that was received.
    public func broadcast(from snapshot: Snapshot) throws(SnapshotError) -> Broadcast {
        try snapshot.check(kind: Self.broadcastKind)
        guard let norm = snapshot.attributes["clippingNorm"].flatMap(Double.init), norm.isFinite,
            norm > 0
        else { throw .damaged }
        return Broadcast(
            items: try snapshot.values("items", shape: shape), clippingNorm: norm)
    }

    private static let broadcastKind = "matrix-factorization broadcast"
}
