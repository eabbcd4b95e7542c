extension CoOccurrence {
    /// A broadcast as it is sent.
    public func snapshot(of broadcast: Broadcast) -> Snapshot {
        Snapshot(
            kind: Self.broadcastKind, attributes: ["step": Self.name(of: broadcast.step)],
            tensors: [
                // Item numbers are far below 2^24, up to which Float32 holds whole numbers.
                "kept": .init(
                    shape: [broadcast.kept.items.count],
                    values: broadcast.kept.items.map { Float($0) }),
                "basis": .init(
                    shape: [broadcast.basis.rows, broadcast.basis.columns],
                    values: broadcast.basis.values),
            ])
    }

    /// A broadcast that was received.
    public func broadcast(from snapshot: Snapshot) throws(SnapshotError) -> Broadcast {
        try snapshot.check(kind: Self.broadcastKind)
        let name = snapshot.attributes["step"]
        guard let step = steps.first(where: { Self.name(of: $0) == name }) else { throw .damaged }
        if step == .popularity {
            return Broadcast(
                step: step, kept: KeptItems(places: noPlaces), basis: Matrix(rows: 0, columns: 0))
        }
        let size = configuration.keptItems
        let columns =
            switch step {
            case .popularity, .triangle: 0
            case .features: configuration.featureRank
            case .pass: configuration.dimensions
            }
        let values =
            columns == 0 ? [] : try snapshot.values("basis", shape: [size, columns])
        return Broadcast(
            step: step, kept: try keptItems(from: snapshot, count: size),
            basis: Matrix(rows: columns == 0 ? 0 : size, columns: columns, values: values))
    }

    private func keptItems(from snapshot: Snapshot, count: Int) throws(SnapshotError) -> KeptItems {
        var kept = KeptItems(places: noPlaces)
        for value in try snapshot.values("kept", shape: [count]) {
            guard let item = Int32(exactly: value), kept.places.indices.contains(Int(item)),
                kept.places[Int(item)] < 0
            else { throw .damaged }
            kept.places[Int(item)] = Int32(kept.items.count)
            kept.items.append(item)
        }
        return kept
    }

    private static let broadcastKind = "co-occurrence broadcast"

    private static func name(of step: Step) -> String {
        switch step {
        case .popularity: "popularity"
        case .features: "features"
        case .pass(let number): "pass \(number)"
        case .triangle: "triangle"
        }
    }
}
