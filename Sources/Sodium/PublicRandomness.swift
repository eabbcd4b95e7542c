/// Random choices that everybody can recompute from a public seed: rotations, neighbour graphs.
///
/// The stream is ChaCha20 under the BLAKE2b of a label and the seed. It is not a ``RandomSource``,
/// so that nothing secret can be drawn from it.
public struct PublicRandomness: Sendable {
    private var keystream: KeystreamWords

    /// The stream of `seed` for the purpose `label`.
    public init(seed: [UInt8], label: StaticString) {
        var hash = BLAKE2b(context: label)
        hash.update(lengthPrefixed: seed)
        keystream = KeystreamWords(ChaCha20(checkedKey: hash.finalizeSecret()))
    }

    /// Replaces `words` by the next words of the stream, which must not have been read by
    /// ``next(below:)`` before.
    public mutating func fill(_ words: inout [UInt32]) { keystream.fill(&words) }

    /// A uniform integer in 0 ..< `bound`: 64-bit draws, the first one below the largest multiple
    /// of `bound`, modulo `bound`.
    public mutating func next(below bound: UInt64) -> UInt64 {
        precondition(bound > 0, "no integer below zero")
        let excess = (UInt64.max % bound + 1) % bound
        while true {
            let draw = keystream.next()
            if draw <= UInt64.max - excess { return draw % bound }
        }
    }

    /// A uniform permutation of 0 ..< `count` (Fisher-Yates from the end).
    public mutating func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, Int(next(below: UInt64(last + 1))))
        }
        return order
    }
}
