internal import Sodium

/// Which devices of a population a round invites where a coordinator alone is to know.
package enum SecretCohort {
    /// The devices whose coins say so: each with the same probability in every round, independently.
    /// Who they are follows from a secret, so that a coordinator that starts again finds the same,
    /// and nobody else knows.
    ///
    /// - Parameters:
    ///   - rate: The probability, from 0 to 1.
    ///   - round: The number of the round, from 0.
    ///   - population: The number of devices.
    ///   - secret: The task's seed, 32 bytes.
    /// - Returns: The devices in ascending order.
    package static func coins(
        rate: Double, round: Int, population: Int, secret: [UInt8]
    ) -> [Int] {
        var stream = SecretCoins(secret: secret, round: round)
        return (0..<population).filter { _ in stream.next() < rate }
    }
}

/// Uniform numbers that only the owner of a secret can compute.
private struct SecretCoins {
    private var stream: PublicRandomness

    init(secret: [UInt8], round: Int) {
        var fields = SealedFields(secret)
        fields.append(Int64(round))
        // The stream is as secret as its seed.
        stream = PublicRandomness(seed: fields.bytes, label: "covey cohort coins")
    }

    /// The next number in [0, 1), a multiple of 2^-53.
    mutating func next() -> Double { Double(stream.next(below: 1 << 53)) * 0x1p-53 }
}
