internal import Sodium

/// Which devices are malicious: as many as the share says, drawn from all by the seed.
struct MaliciousDevices: Sendable {
    private let isMalicious: [Bool]
    /// How many there are.
    let count: Int

    /// Draws the share of a population, rounded to whole devices.
    init(share: Double, population: Int, seed: UInt64) {
        count = Int((share * Double(population)).rounded())
        var randomness = SeededRandomness(seed: seed, label: "malicious devices")
        var isMalicious = [Bool](repeating: false, count: population)
        for device in randomness.draw(count, below: population) { isMalicious[device] = true }
        self.isMalicious = isMalicious
    }

    /// Whether a device is one; those that an audit adds never are.
    func contains(_ device: Int) -> Bool {
        isMalicious.indices.contains(device) && isMalicious[device]
    }
}
