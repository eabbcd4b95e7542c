internal import FederatedProtocol
import PrivacyLedger

/// The devices of one round, in the order of their numbers in the masked sum, and what becomes of them.
struct Cohort: Sendable {
    /// The devices' numbers in the population.
    let devices: [Int]
    /// What becomes of each, in the same order.
    let fates: [Fate]

    /// The positions whose vectors end up in the sum if the protocol succeeds.
    var masking: [Int] { devices.indices.filter { fates[$0].masks } }

    /// The number of devices that answer each of the four steps.
    var perStep: [Int] {
        [\Fate.advertises, \.shares, \.masks, \.unmasks].map { step in
            fates.count { $0[keyPath: step] }
        }
    }

    /// Chooses the devices of `round` by `policy`. A pure function of the seed.
    init(round: Int, population: Int, policy: CohortPolicy, faults: FaultModel) {
        devices = CohortSelection.simulated(
            round: round, population: population, policy: policy, seed: faults.seed)
        fates = faults.fates(round: round, devices: devices)
    }
}
