internal import Sodium

/// A linear compression of vectors: every coordinate is added to one of `width` buckets with a
/// random sign, both from the public session name (Charikar, Chen and Farach-Colton 2002; as a
/// stage before a private sum in Chen, Choo, Kairouz and Suresh, ICML 2022, arXiv 2203.03761).
///
/// Sums of sketches are sketches of sums. What is restored is unbiased: each coordinate has the sum
/// of the others in its bucket as an error, of variance |x|^2 / width.
struct CountSketch: Sendable {
    private let buckets: [Int32]
    private let signs: [Float]
    let width: Int

    /// The sketch of a session, for vectors of `dimension` coordinates.
    init(session: [UInt8], dimension: Int, width: Int) {
        self.width = width
        var randomness = PublicRandomness(seed: session, label: "covey count sketch")
        var draws = [UInt32](repeating: 0, count: 2 * dimension)
        randomness.fill(&draws)
        // A bucket from the upper bits of a product: off from uniform by less than width / 2^32.
        buckets = (0..<dimension).map { Int32((UInt64(draws[2 * $0]) * UInt64(width)) >> 32) }
        signs = (0..<dimension).map { draws[2 * $0 + 1] & 1 == 0 ? 1 : -1 }
    }

    /// The `width` sums of `vector`.
    func compress(_ vector: [Float]) -> [Float] {
        var sums = [Float](repeating: 0, count: width)
        for (index, value) in vector.enumerated() {
            sums[Int(buckets[index])] += signs[index] * value
        }
        return sums
    }

    /// An unbiased estimate of the vector whose sketch this is.
    func restore(_ sums: [Float]) -> [Float] {
        buckets.indices.map { signs[$0] * sums[Int(buckets[$0])] }
    }
}
