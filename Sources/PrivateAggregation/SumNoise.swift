internal import DifferentialPrivacy
internal import SecureAggregation
internal import Sodium
internal import VectorKernels

extension PrivateSumPlan {
    /// The noise of one removable component in each coordinate. Makes tables; make it once.
    func componentNoise(_ component: Int) throws -> any IntegerNoise {
        try noise(units: 1 << component)
    }

    /// The noise that is never removed, in pieces of whole units that are no wider than tables
    /// reach.
    func baseNoise() throws -> [any IntegerNoise] {
        let units = excessNoise.baseUnits
        let largest = max(1, Int(NoiseDistribution.largestTabulatedVariance / unitVariance))
        let pieces = (units + largest - 1) / largest
        return try (0..<pieces).map {
            try noise(units: units * ($0 + 1) / pieces - units * $0 / pieces)
        }
    }

    private func noise(units: Int) throws -> any IntegerNoise {
        try noise.noise(variance: Double(units) * unitVariance)
    }
}

extension RingVector {
    /// Coordinates at a time, so that noise never stands in memory as a whole.
    static let noiseChunkLength = 8192

    /// Adds to every element what `stream` draws of `noise`, or takes it off.
    mutating func add(
        _ noise: some IntegerNoise, from stream: NoiseStream, subtracting: Bool = false
    ) {
        var stream = stream
        var chunk = [Int32](repeating: 0, count: min(Self.noiseChunkLength, count))
        for start in stride(from: 0, to: count, by: Self.noiseChunkLength) {
            if chunk.count > count - start {
                chunk.erase()
                chunk.removeLast(chunk.count - (count - start))
            }
            noise.fill(&chunk, using: &stream)
            if subtracting { subtract(chunk, at: start) } else { add(chunk, at: start) }
        }
        chunk.erase()
    }
}
