package import Sodium

/// Shamir's secret sharing (1979) of 32-byte secrets over the field of order 2^61 - 1.
///
/// A secret is cut into five limbs of 52 bits, least significant first; each is the constant term
/// of a polynomial of its own whose other coefficients are uniform. Neither branches nor memory
/// addresses depend on secrets.
package enum SecretSharing {
    package static let secretLength = 32
    package static let limbs = 5
    private static let limbBits = 52
    /// The length of one share of one secret, in bytes: a field element of 8 for each limb.
    package static let shareLength = limbs * 8

    /// The point of the field at which a device's share is taken.
    package static func point(of device: Int) -> MersenneElement {
        MersenneElement(known: UInt64(device) + 1)
    }

    /// Divides each of `secrets` among `devices` so that any `threshold` of them restore it and
    /// fewer learn nothing of it.
    ///
    /// - Returns: For each device, in order, its shares of all secrets one after the other.
    package static func split(
        _ secrets: [SecretBytes], among devices: [Int], threshold: Int,
        randomness: inout some RandomSource
    ) -> [SecretBytes] {
        let polynomials = secrets.count * limbs
        // Coefficients by degree, highest first; the constants come last.
        let coefficients = SecretBytes(wordCount: threshold * polynomials) { words in
            for place in 0..<(threshold - 1) * polynomials {
                words[place] = MersenneElement.random(from: &randomness).value
            }
            for (index, secret) in secrets.enumerated() {
                for limb in 0..<limbs {
                    words[(threshold - 1) * polynomials + index * limbs + limb] =
                        Self.limb(limb, of: secret)
                }
            }
        }
        return devices.map { device in
            let x = point(of: device)
            return SecretBytes(wordCount: polynomials) { values in
                coefficients.withWords { coefficients in
                    for polynomial in 0..<polynomials {
                        var value = MersenneElement.zero
                        for degree in 0..<threshold {
                            value =
                                value * x
                                + MersenneElement(
                                    known: coefficients[degree * polynomials + polynomial])
                        }
                        values[polynomial] = value.value.littleEndian
                    }
                }
            }
        }
    }

    /// Whether `bytes` are shares, each value in the field.
    package static func isShare(_ bytes: Span<UInt8>, of secretCount: Int) -> Bool {
        guard bytes.count == secretCount * shareLength else { return false }
        // The borrow of w - p is 1 for each word in the field.
        var outside: UInt64 = 0
        for place in stride(from: 0, to: bytes.count, by: 8) {
            let word = word(of: bytes, at: place)
            outside |= (word >> 61) | (~(word &- MersenneElement.modulus) >> 63)
        }
        return outside == 0
    }

    /// The weights with which the shares of `devices`, all distinct, add up to the secret: they
    /// interpolate a polynomial at zero from its values at the devices' points.
    package static func weights(of devices: [Int]) -> [MersenneElement] {
        let points = devices.map(point)
        return points.indices.map { own in
            var numerator = MersenneElement.one
            var denominator = MersenneElement.one
            for other in points.indices where other != own {
                numerator = numerator * points[other]
                denominator = denominator * (points[other] - points[own])
            }
            return numerator * denominator.inverse
        }
    }

    /// Restores a secret from shares, which are known to be in the field, and their devices'
    /// weights; nil where they determine none.
    package static func restore(
        _ shares: [ArraySlice<UInt8>], weights: [MersenneElement]
    ) -> SecretBytes? {
        var excess: UInt64 = 0
        let secret = SecretBytes(wordCount: secretLength / 8) { words in
            for limb in 0..<limbs {
                var value = MersenneElement.zero
                for (share, weight) in zip(shares, weights) {
                    let word = Self.word(of: share.span, at: limb * 8)
                    value = value + weight * MersenneElement(known: word)
                }
                let first = limb * limbBits
                let left = min(limbBits, 8 * secretLength - first)
                excess |= value.value >> UInt64(left)
                words[first / 64] |= value.value << UInt64(first % 64)
                if first % 64 + left > 64 {
                    words[first / 64 + 1] |= value.value >> UInt64(64 - first % 64)
                }
            }
            for index in words.indices { words[index] = words[index].littleEndian }
        }
        return excess == 0 ? secret : nil
    }

    /// Bits 52 `limb` to 52 `limb` + 51 of a secret.
    private static func limb(_ limb: Int, of secret: SecretBytes) -> UInt64 {
        secret.withWords { words in
            let first = limb * limbBits
            let low = UInt64(littleEndian: words[first / 64]) >> UInt64(first % 64)
            let reachesOver = first % 64 + limbBits > 64 && first / 64 + 1 < words.count
            let high =
                reachesOver
                ? UInt64(littleEndian: words[first / 64 + 1]) << UInt64(64 - first % 64) : 0
            return (low | high) & (1 << UInt64(limbBits) - 1)
        }
    }

    private static func word(of bytes: Span<UInt8>, at place: Int) -> UInt64 {
        var word: UInt64 = 0
        for offset in (0..<8).reversed() { word = word << 8 | UInt64(bytes[place + offset]) }
        return word
    }
}
