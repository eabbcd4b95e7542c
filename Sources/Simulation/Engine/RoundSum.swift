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
