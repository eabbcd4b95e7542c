/// Follows what private sums show of a network's quality, and says when to stop.
struct QualityWatch: Sendable {
    /// What was last measured.
    private(set) var last: MeasuredQuality?
    /// The shared parameters at the highest NDCG so far.
    private(set) var best: [Float]?
    private(set) var isStopped = false
    private var highest = 0.0
    private var measurementsSince = 0

    init() {}

    /// Takes a measurement.
    ///
    /// - Returns: Whether there have been `patience` of them, if that is not 0, without a new highest.
    mutating func take(_ quality: MeasuredQuality, shared: [Float], patience: Int) -> Bool {
        last = quality
        guard patience > 0 else { return false }
        if best == nil || quality.all.ndcg > highest {
            (highest, best, measurementsSince) = (quality.all.ndcg, shared, 0)
        } else {
            measurementsSince += 1
            isStopped = measurementsSince >= patience
        }
        return isStopped
    }
}

// In checkpoints.
extension QualityWatch {
    /// - Throws: ``SnapshotError`` where it is not all there.
    init(_ snapshot: Snapshot, parameters: Int) throws(SnapshotError) {
        self.init()
        guard let highest = snapshot.attributes["quality.highest"].flatMap(Double.init),
            let since = snapshot.attributes["quality.since"].flatMap(Int.init)
        else { throw .damaged }
        (self.highest, measurementsSince) = (highest, since)
        isStopped = snapshot.attributes["quality.stopped"] == "true"
        if snapshot.tensors["quality.best"] != nil {
            best = try snapshot.values("quality.best", shape: [parameters])
        }
    }

    func write(to snapshot: inout Snapshot) {
        snapshot.attributes["quality.highest"] = String(highest)
        snapshot.attributes["quality.since"] = String(measurementsSince)
        snapshot.attributes["quality.stopped"] = String(isStopped)
        snapshot.tensors["quality.best"] = best.map {
            Snapshot.Tensor(shape: [$0.count], values: $0)
        }
    }
}
