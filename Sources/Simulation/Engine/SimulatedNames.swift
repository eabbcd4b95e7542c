package import Sodium

/// What a coordinator draws at random for a round, as it follows from a seed in simulations and
/// rehearsals.
package enum SimulatedNames {
    /// The public name of a round's sum, 32 bytes; of a group's, where the cohort has several.
    package static func session(seed: UInt64, round: Int, group: Int? = nil) -> [UInt8] {
        var hash = BLAKE2b(context: "covey simulation session")
        hash.update(seed)
        hash.update(UInt64(round))
        if let group { hash.update(UInt64(group)) }
        return hash.finalize()
    }

    /// What identifies a device where nobody signs, 32 bytes.
    package static func device(seed: UInt64, _ device: Int) -> [UInt8] {
        var hash = BLAKE2b(context: "covey simulation device")
        hash.update(seed)
        hash.update(UInt64(device))
        return hash.finalize()
    }

    /// What the salts of a round's cohort commitment come from.
    package static func cohortSecret(seed: UInt64, round: Int) -> SecretBytes {
        var randomness = SeededRandomness(seed: seed, label: "cohort commitment", "\(round)")
        return SecretBytes(count: 32, from: &randomness)
    }
}
