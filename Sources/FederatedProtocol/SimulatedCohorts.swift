package import PrivacyLedger
internal import Sodium

/// Which devices of a population, by their numbers, each round invites where everything follows from a
/// seed, as in simulations and in their repetition over a network.
package struct SimulatedCohorts: Sendable {
    private let population: Int
    private let selection: CohortPolicy.Selection
    private let seed: UInt64
    /// The devices in the order of their turns; empty where there are none.
    private let order: [Int]

    /// - Parameters:
    ///   - population: The number of devices.
    ///   - policy: How cohorts are chosen.
    ///   - seed: The seed of the simulation.
    package init(population: Int, policy: CohortPolicy, seed: UInt64) {
        self.population = population
        selection = policy.selection
        self.seed = seed
        switch selection {
        case .everyone, .coins:
            order = []
            return
        case .rotation, .limited: break
        }
        var randomness = SeededRandomness(seed: seed, label: "rotation")
        order = (0..<population).shuffled(using: &randomness)
    }

    /// The cohort of round `round`, from 0, in the order in which a simulation numbers its devices.
    package func devices(of round: Int) -> [Int] {
        switch selection {
        case .everyone: return Array(0..<population)
        case .rotation(let size), .limited(let size, _):
            return (round * size..<(round + 1) * size).map { order[$0 % population] }
        case .coins(let rate):
            var randomness = SeededRandomness(seed: seed, label: "coins", "\(round)")
            return (0..<population).filter { _ in
                Double.random(in: 0..<1, using: &randomness) < rate
            }
        }
    }
}
