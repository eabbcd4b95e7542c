package import Sodium
internal import VectorKernels

/// A pseudorandom vector over Z_2^32: the ChaCha20 keystream of a 32-byte seed under a zero nonce,
/// four bytes an element, least significant first.
package struct Mask {
    /// Elements a chunk: 16 KiB, so that keystream and sum stay in the first-level cache.
    private static let chunkLength = 4096
    private var stream: ChaCha20

    package init(seed: SecretBytes) throws(SodiumError) { stream = try ChaCha20(key: seed) }

    /// Adds the mask to `vector`.
    package consuming func add(to vector: inout [UInt32]) {
        forEachChunk(of: vector.count) { Ring.add($0, to: &vector, at: $1) }
    }

    /// Subtracts the mask from `vector`.
    package consuming func subtract(from vector: inout [UInt32]) {
        forEachChunk(of: vector.count) { Ring.subtract($0, from: &vector, at: $1) }
    }

    private consuming func forEachChunk(of count: Int, _ body: ([UInt32], Int) -> Void) {
        var chunk = [UInt32](repeating: 0, count: min(Self.chunkLength, count))
        for offset in stride(from: 0, to: count, by: Self.chunkLength) {
            stream.fill(&chunk)
            body(chunk, offset)
        }
    }
}

/// The pairwise mask of two devices, which the lower-numbered adds and the other subtracts.
func applyPairwiseMask(
    _ seed: SecretBytes, of device: Int, with peer: Int, to vector: inout [UInt32],
    removing: Bool = false
) throws(SodiumError) {
    let mask = try Mask(seed: seed)
    if (device < peer) != removing {
        mask.add(to: &vector)
    } else {
        mask.subtract(from: &vector)
    }
}
