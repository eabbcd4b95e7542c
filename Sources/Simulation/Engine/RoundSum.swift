import Recommender

/// What a round's summation gives, whatever its fidelity.
struct RoundSum: Sendable {
    /// The sum as the server gets it.
    var sum: NoisySum
    /// The private parameters of the devices in the sum, by number in the population.
    var privateParameters: [(device: Int, parameters: [Float])]
    /// The BLAKE2b of the unmasked integers, in hexadecimal; nil where there are none.
    var digest: String?
}

/// Called once the survivors are known and before anything is revealed, with their positions in the
/// cohort and the number of devices that answered each step so far.
typealias Commitment = (_ survivors: [Int], _ perStep: [Int]) throws -> Void

/// How faithfully a simulation computes its private sums.
public enum AggregationFidelity: String, Sendable, Hashable, CaseIterable {
    /// Encoding, noise shares, masks, key shares and dropout recovery: what devices do.
    case real
    /// The same encoded and noised integers, added up without masks.
    case ideal
    /// Clipped floats, with the rounding and noise of the whole cohort drawn once. Fast, and no
    /// evidence for the code that protects real devices.
    case statistical
}
