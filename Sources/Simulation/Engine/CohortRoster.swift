internal import SecureAggregation
internal import Sodium

/// The enrolled identities of a round's devices. The roster orders them by their keys, so that the
/// numbers of the masked sum differ from the positions in the cohort.
struct CohortRoster: Sendable {
    /// The roster.
    let roster: Roster
    /// The identities, by number in the masked sum.
    let identities: [SigningKey]
    /// The position in the cohort of each number in the masked sum.
    let positions: [Int]
    /// The number in the masked sum of each position in the cohort.
    let numbers: [Int]

    /// The roster of devices with these numbers in the population.
    init(devices: [Int], seed: UInt64, parallel: Parallel) async throws {
        let keys = try await parallel.map(devices.count) { position in
            try SigningKey(
                seed: SimulatedDraws.identitySeed(seed: seed, device: devices[position]))
        }
        let positions = keys.indices.sorted {
            keys[$0].publicKey.lexicographicallyPrecedes(keys[$1].publicKey)
        }
        var numbers = [Int](repeating: 0, count: positions.count)
        for (number, position) in positions.enumerated() { numbers[position] = number }
        self.positions = positions
        self.numbers = numbers
        identities = positions.map { keys[$0] }
        roster = try Roster(keys.map(\.publicKey))
    }
}
