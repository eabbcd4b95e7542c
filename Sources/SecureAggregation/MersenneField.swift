package import Sodium

/// An element of the prime field of order p = 2^61 - 1. Every operation takes the same time
/// whatever the elements are.
package struct MersenneElement: Sendable, Hashable {
    package static let modulus: UInt64 = (1 << 61) - 1
    package static let zero = MersenneElement(reduced: 0)
    package static let one = MersenneElement(reduced: 1)

    /// The representative below p.
    package let value: UInt64

    private init(reduced value: UInt64) { self.value = value }

    /// The element of `value`, or nil where `value` is not below p.
    package init?(_ value: UInt64) {
        guard value < Self.modulus else { return nil }
        self.value = value
    }

    /// The element of a value that is known to be below p.
    init(known value: UInt64) { self.value = value }

    /// A uniform element: 61-bit draws until one is below p.
    package static func random(from randomness: inout some RandomSource) -> MersenneElement {
        while true {
            if let element = MersenneElement(randomness.next() >> 3) { return element }
        }
    }

    /// The element of a value below 2p: p is taken off, and added again under a mask where that was
    /// too much, without a branch.
    private static func reduce(_ value: UInt64) -> MersenneElement {
        let less = value &- modulus
        return MersenneElement(reduced: less &+ (modulus & (0 &- (less >> 63))))
    }

    package static func + (left: Self, right: Self) -> Self { reduce(left.value &+ right.value) }

    package static func - (left: Self, right: Self) -> Self {
        reduce(left.value &+ modulus &- right.value)
    }

    package static func * (left: Self, right: Self) -> Self {
        let (high, low) = left.value.multipliedFullWidth(by: right.value)
        return reduce((low & modulus) &+ (high << 3 | low >> 61))
    }

    /// The multiplicative inverse, by Fermat's little theorem; zero for zero.
    package var inverse: MersenneElement {
        var result = Self.one
        var power = self
        var exponent = Self.modulus - 2
        while exponent > 0 {
            if exponent & 1 == 1 { result = result * power }
            power = power * power
            exponent >>= 1
        }
        return result
    }
}
