internal import Sodium

/// A point of the latent space in which tastes and items are compared.
struct LatentVector {
    private(set) var components: [Double]

    /// The origin of a space of so many dimensions.
    init(dimensions: Int) { components = [Double](repeating: 0, count: dimensions) }

    /// A random direction of length near 1.
    static func random(
        dimensions: Int, _ randomness: inout SeededRandomness
    ) -> LatentVector {
        let scale = 1 / Double(dimensions).squareRoot()
        var result = LatentVector(dimensions: dimensions)
        for index in result.components.indices {
            result.components[index] = randomness.nextNormal() * scale
        }
        return result
    }

    mutating func add(_ other: LatentVector, times factor: Double) {
        for index in components.indices { components[index] += factor * other.components[index] }
    }

    func dot(_ other: LatentVector) -> Double {
        var sum = 0.0
        for index in components.indices { sum += components[index] * other.components[index] }
        return sum
    }

    /// Scales the vector to length 1, unless it is the origin.
    mutating func normalize() {
        let length = dot(self).squareRoot()
        guard length > 0 else { return }
        for index in components.indices { components[index] /= length }
    }
}
