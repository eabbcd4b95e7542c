package import Sodium

/// What a coordinator draws at random for a round, as it follows from a seed in simulations and
/// rehearsals.
package enum SimulatedNames {
    /// The public name of a round's sum, 32 bytes.
    package static func session(seed: UInt64, round: Int) -> [UInt8] {
        var hash = BLAKE2b(context: "covey simulation session")
        hash.update(seed)
        hash.update(UInt64(round))
        return hash.finalize()
    }

    /// What the salts of a round's cohort commitment come from.
    package static func cohortSecret(seed: UInt64, round: Int) -> SecretBytes {
        var randomness = SeededRandomness(seed: seed, label: "cohort commitment", "\(round)")
        return SecretBytes(count: 32, from: &randomness)
    }
}
