package import PrivacyLedger
internal import Sodium

/// Which devices of a population, by their numbers, a round invites.
package enum CohortSelection {
    /// The cohort of `round` where everything follows from a seed, as in simulations and in their
    /// repetition over a network.
    ///
    /// - Parameters:
    ///   - round: The number of the round, from 0.
    ///   - population: The number of devices.
    ///   - policy: How cohorts are chosen.
    ///   - seed: The seed of the simulation.
    /// - Returns: The devices in the order in which a simulation numbers them.
    package static func simulated(
        round: Int, population: Int, policy: CohortPolicy, seed: UInt64
    ) -> [Int] {
        switch policy.selection {
        case .everyone: return Array(0..<population)
        case .rotation(let size):
            var randomness = SeededRandomness(seed: seed, label: "rotation")
            let order = (0..<population).shuffled(using: &randomness)
            return (round * size..<(round + 1) * size).map { order[$0 % population] }
        case .coins(let rate):
            return (0..<population).filter { device in
                var randomness = SeededRandomness(
                    seed: seed, label: "coin", "\(round)", "\(device)")
                return Double.random(in: 0..<1, using: &randomness) < rate
            }
        }
    }
}
