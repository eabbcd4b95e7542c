package import Sodium
package import VectorKernels

/// A mask of a vector: the ChaCha20 keystream of a 32-byte seed under a zero nonce, added or
/// subtracted.
package struct Mask: Sendable {
    package let seed: SecretBytes
    package let isSubtracted: Bool

    package init(seed: SecretBytes, isSubtracted: Bool = false) {
        self.seed = seed
        self.isSubtracted = isSubtracted
    }

    /// The mask of a pair of devices, which the lower-numbered adds and the other subtracts.
    init(pairSeed: SecretBytes, of device: Int, with peer: Int) {
        self.init(seed: pairSeed, isSubtracted: device > peer)
    }

    /// The mask that takes this one off.
    var inverse: Mask { Mask(seed: seed, isSubtracted: !isSubtracted) }
}

extension RingVector {
    /// Elements that stay in the first-level cache while all masks are applied to them.
    private static let cachedElements = 4096

    /// Applies masks, a piece of the vector at a time.
    package mutating func apply(_ masks: [Mask]) {
        for start in stride(from: 0, to: count, by: Self.cachedElements) {
            let range = start..<min(start + Self.cachedElements, count)
            for mask in masks {
                mask.seed.withBytes {
                    add(keystreamOf: $0, subtracting: mask.isSubtracted, in: range)
                }
            }
        }
    }
}
