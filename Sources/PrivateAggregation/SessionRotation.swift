internal import Sodium
internal import VectorKernels

/// The random rotation of a session, which spreads every vector evenly over the coordinates, so
/// that one modulus serves them all.
///
/// A pass x -> H D x / sqrt(p) over p coordinates, p a power of two, D random signs from the public
/// session name and H the Walsh-Hadamard matrix, is orthogonal. Where the dimension is a power of
/// two there is one pass; elsewhere one over the first p coordinates and one over the last, p the
/// largest power of two below the dimension, so that nothing is padded.
struct SessionRotation: Sendable {
    /// The p of a pass: the sums of squares that meet in one coordinate are divided by it.
    static func passLength(dimension: Int) -> Int {
        1 << (Int.bitWidth - 1 - dimension.leadingZeroBitCount)
    }

    private struct Pass: Sendable {
        let range: Range<Int>
        let signs: [UInt32]
    }

    private let passes: [Pass]
    private let scale: Float

    init(session: [UInt8], dimension: Int) {
        let length = Self.passLength(dimension: dimension)
        var randomness = PublicRandomness(seed: session, label: "covey rotation")
        passes = (length == dimension ? [0] : [0, dimension - length]).map { start in
            var signs = [UInt32](repeating: 0, count: (length + 31) / 32)
            randomness.fill(&signs)
            return Pass(range: start..<start + length, signs: signs)
        }
        scale = 1 / Float(length).squareRoot()
    }

    /// Rotates a vector in place.
    func forward(_ vector: inout [Float]) {
        for pass in passes {
            Rotation.scale(&vector, in: pass.range, by: scale, signs: pass.signs)
            Rotation.hadamard(&vector, in: pass.range)
        }
    }

    /// Undoes ``forward(_:)``.
    func backward(_ vector: inout [Float]) {
        for pass in passes.reversed() {
            Rotation.hadamard(&vector, in: pass.range)
            Rotation.scale(&vector, in: pass.range, by: scale, signs: pass.signs)
        }
    }
}
