package import Sodium

/// What a device draws at random, as it follows from a seed in simulations and rehearsals.
package enum SimulatedDraws {
    /// The seed of the key of the device of a number in the population.
    package static func identitySeed(seed: UInt64, device: Int) -> SecretBytes {
        var randomness = SeededRandomness(seed: seed, label: "identity", "\(device)")
        return SecretBytes(count: SigningKey.seedLength, from: &randomness)
    }

    /// What the parameters that a device begins with come from.
    package static func parametersSeed(seed: UInt64, device: Int) -> UInt64 {
        first(of: SeededRandomness(seed: seed, label: "private parameters", "\(device)"))
    }

    /// The stream of a device for one purpose in a round: "noise", "keys" or "training". Each has its
    /// own, so that all fidelities give a device the same noise.
    package static func stream(
        _ purpose: String, seed: UInt64, round: Int, device: Int
    ) -> SeededRandomness {
        SeededRandomness(seed: seed, label: purpose, "\(round)", "\(device)")
    }

    /// What local sampling in a round's training comes from.
    package static func trainingSeed(seed: UInt64, round: Int, device: Int) -> UInt64 {
        first(of: stream("training", seed: seed, round: round, device: device))
    }

    /// What ``Sodium/SeededRandomness/next()`` would return, without a buffer of keystream for it.
    private static func first(of source: SeededRandomness) -> UInt64 {
        var randomness = source
        var bytes = [UInt8](repeating: 0, count: 8)
        randomness.fill(&bytes)
        return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
