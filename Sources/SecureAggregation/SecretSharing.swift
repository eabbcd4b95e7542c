package import Sodium

/// Shamir's secret sharing (1979) of 32-byte secrets over the field of order 2^61 - 1.
///
/// A secret is cut into five limbs of 52 bits, least significant first; each is the constant term of
/// a polynomial of its own whose other coefficients are uniform.
package enum SecretSharing {
    package static let secretLength = 32
    package static let limbs = 5
    private static let limbBits = 52
    /// The length of one share, in bytes.
    package static let shareLength = limbs * 8

    /// One party's share of a secret.
    package struct Share: Sendable, Hashable {
        /// The value of each limb's polynomial at the party's point.
        package let values: [MersenneElement]

        package var bytes: [UInt8] {
            values.flatMap { element in
                withUnsafeBytes(of: element.value.littleEndian) { [UInt8]($0) }
            }
        }

        /// Reads ``bytes``; nil where the length is wrong or a value is outside the field.
        package init?(bytes: some Collection<UInt8>) {
            guard bytes.count == shareLength else { return nil }
            var values: [MersenneElement] = []
            var rest = bytes[...]
            for _ in 0..<limbs {
                let number = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                guard let element = MersenneElement(number) else { return nil }
                values.append(element)
                rest = rest.dropFirst(8)
            }
            self.values = values
        }

        package init(values: [MersenneElement]) { self.values = values }
    }

    /// The point of the field at which a device's share is taken.
    package static func point(of device: Int) -> MersenneElement {
        MersenneElement(UInt64(device) + 1) ?? .zero
    }

    /// Divides `secret` among `devices` so that any `threshold` of them restore it and fewer learn
    /// nothing of it.
    package static func split(
        _ secret: SecretBytes, among devices: [Int], threshold: Int,
        randomness: inout some RandomSource
    ) -> [Share] {
        let constants = limbs(of: secret)
        let coefficients = constants.map { constant in
            [constant] + (1..<threshold).map { _ in MersenneElement.random(from: &randomness) }
        }
        return devices.map { device in
            let x = point(of: device)
            return Share(
                values: coefficients.map { polynomial in
                    polynomial.reversed().reduce(.zero) { $0 * x + $1 }
                })
        }
    }

    /// Restores a secret from the shares of distinct devices; nil where they determine none.
    package static func restore(_ shares: [(device: Int, share: Share)]) -> SecretBytes? {
        let weights = lagrangeWeights(at: shares.map(\.device))
        var limbValues = [MersenneElement](repeating: .zero, count: limbs)
        for (weight, entry) in zip(weights, shares) {
            for limb in 0..<limbs {
                limbValues[limb] = limbValues[limb] + weight * entry.share.values[limb]
            }
        }
        return secret(of: limbValues)
    }

    /// The weights that interpolate a polynomial at zero from its values at the devices' points.
    private static func lagrangeWeights(at devices: [Int]) -> [MersenneElement] {
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

    private static func limbs(of secret: SecretBytes) -> [MersenneElement] {
        secret.withBytes { bytes in
            (0..<limbs).map { limb in
                var number: UInt64 = 0
                for bit in 0..<limbBits where limb * limbBits + bit < 8 * secretLength {
                    let position = limb * limbBits + bit
                    number |= UInt64(bytes[position / 8] >> UInt8(position % 8) & 1) << UInt64(bit)
                }
                return MersenneElement(number) ?? .zero
            }
        }
    }

    private static func secret(of limbValues: [MersenneElement]) -> SecretBytes? {
        var bytes = [UInt8](repeating: 0, count: secretLength)
        for (limb, element) in limbValues.enumerated() {
            for bit in 0..<64 where element.value >> UInt64(bit) & 1 == 1 {
                let position = limb * limbBits + bit
                guard bit < limbBits, position < 8 * secretLength else { return nil }
                bytes[position / 8] |= 1 << UInt8(position % 8)
            }
        }
        return SecretBytes(bytes)
    }
}
