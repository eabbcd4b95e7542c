internal import SecureAggregation

/// The shares of one device's secrets that a coordinator has got hold of: enough of both kinds unmask
/// its vector alone.
struct ShareCount {
    /// The device.
    let owner: Int
    /// Shares of the seed of its self mask.
    private(set) var ofSelfMask: Int
    /// Shares of its masking key.
    private(set) var ofMaskingKey: Int

    /// What the coordinator's own devices were given as neighbours.
    init(of owner: Int, in round: AttackedRound) {
        self.owner = owner
        let neighbours = round.accepted.graph.neighbours(of: owner)
        ofSelfMask = round.sybils.count { neighbours.contains($0) }
        ofMaskingKey = ofSelfMask
    }

    /// Counts what an honest device handed out.
    mutating func add(_ answer: UnmaskingShares) {
        ofSelfMask += answer.survivors.count { $0.owner == owner }
        ofMaskingKey += answer.dropped.count { $0.owner == owner }
    }

    /// Whether `threshold` shares of each kind are there.
    func isEnough(_ threshold: Int) -> Bool { min(ofSelfMask, ofMaskingKey) >= threshold }
}
