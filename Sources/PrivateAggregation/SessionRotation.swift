internal import Sodium
internal import VectorKernels

/// The randomised Hadamard rotation x -> H D x / sqrt(d) of a session: D is a diagonal of random signs
/// from the public session name, H the Walsh-Hadamard matrix. It spreads every vector evenly over the
/// coordinates, so that one modulus serves them all.
struct SessionRotation: Sendable {
    private let signs: [UInt32]
    private let dimension: Int
    /// 1 / sqrt(d), which makes the rotation orthogonal.
    let scale: Float

    /// - Precondition: `dimension` is a power of two.
    init(session: [UInt8], dimension: Int) {
        var randomness = PublicRandomness(seed: session, label: "covey rotation")
        var signs = [UInt32](repeating: 0, count: (dimension + 31) / 32)
        randomness.fill(&signs)
        self.signs = signs
        self.dimension = dimension
        scale = 1 / Float(dimension).squareRoot()
    }

    /// Rotates a vector of at most `dimension` coordinates, padded with zeros; the caller multiplies by
    /// ``scale``.
    func unscaledForward(_ vector: [Float]) -> [Float] {
        var rotated = vector
        rotated.append(contentsOf: repeatElement(0, count: dimension - vector.count))
        Rotation.flipSigns(of: &rotated, by: signs)
        Rotation.hadamard(&rotated)
        return rotated
    }

    /// Undoes ``unscaledForward(_:)`` where the caller has multiplied by ``scale`` twice.
    func unscaledBackward(_ rotated: [Float]) -> [Float] {
        var vector = rotated
        Rotation.hadamard(&vector)
        Rotation.flipSigns(of: &vector, by: signs)
        return vector
    }
}
