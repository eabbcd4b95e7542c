internal import Sodium

/// When a device is lost in the course of a round.
package enum Fate: Int, Sendable {
    /// It never answers.
    case absent
    /// Lost after it advertised keys.
    case lostAfterAdvertising
    /// Lost after it shared keys: its masks must be taken off without it.
    case lostAfterSharing
    /// Lost after it sent its masked vector, which stays in the sum.
    case lostAfterMasking
    /// It answers to the end.
    case stays

    package var advertises: Bool { rawValue >= Fate.lostAfterAdvertising.rawValue }
    package var shares: Bool { rawValue >= Fate.lostAfterSharing.rawValue }
    package var masks: Bool { rawValue >= Fate.lostAfterMasking.rawValue }
    package var unmasks: Bool { self == .stays }
}

/// Which devices are lost in which round and when: each with the same probability, at one of the four
/// points with equal chance. A pure function of the seed.
package struct FaultModel: Sendable {
    package let seed: UInt64
    /// The probability that a device is lost in a round.
    package let dropout: Double

    package init(seed: UInt64, dropout: Double) {
        self.seed = seed
        self.dropout = dropout
    }

    package func fates(round: Int, devices: [Int]) -> [Fate] {
        guard dropout > 0 else { return devices.map { _ in .stays } }
        return devices.map { device in
            var randomness = SeededRandomness(seed: seed, label: "fate", "\(round)", "\(device)")
            guard Double.random(in: 0..<1, using: &randomness) < dropout else { return .stays }
            return Fate(rawValue: Int.random(in: 0..<4, using: &randomness)) ?? .stays
        }
    }
}
