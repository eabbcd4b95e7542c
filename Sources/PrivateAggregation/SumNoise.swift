internal import DifferentialPrivacy
internal import SecureAggregation
internal import Sodium
internal import VectorKernels

/// The noise of a plan's devices: how much each share has, and how it is put into a vector.
struct SumNoise: Sendable {
    /// Coordinates at a time, so that noise never stands in memory as a whole.
    static let chunkLength = 8192

    /// The noise that is never removed, in pieces of whole units that are no wider than tables reach.
    private let base: [any IntegerNoise]
    /// The removable components, by number.
    private let components: [any IntegerNoise]

    init(plan: PrivateSumPlan) throws {
        func noise(units: Int) throws -> any IntegerNoise {
            try plan.noise.noise(variance: Double(units) * plan.unitVariance)
        }
        let units = plan.excessNoise.baseUnits
        let largest = Int(NoiseDistribution.largestTabulatedVariance / plan.unitVariance)
        let pieces = (units + largest - 1) / max(1, largest)
        base = try (0..<pieces).map {
            try noise(units: units * ($0 + 1) / pieces - units * $0 / pieces)
        }
        components = try (0..<plan.excessNoise.componentCount).map { try noise(units: 1 << $0) }
    }

    /// Adds the noise that is never removed.
    func addBase(
        to vector: inout RingVector, randomness: inout some RandomSource
    ) throws(SodiumError) {
        for piece in base {
            var stream = try NoiseStream(from: &randomness)
            Self.forEachChunk(of: piece, vector.count, from: &stream) { vector.add($0, at: $1) }
        }
    }

    /// Adds what `seed` stands for as component `component`.
    func add(
        component: Int, seed: SecretBytes, to vector: inout RingVector
    ) throws(SodiumError) {
        var stream = try NoiseStream(seed: seed)
        Self.forEachChunk(of: components[component], vector.count, from: &stream) {
            vector.add($0, at: $1)
        }
    }

    /// Takes off what `seed` stands for as component `component`.
    func remove(
        component: Int, seed: SecretBytes, from vector: inout RingVector
    ) throws(SodiumError) {
        var stream = try NoiseStream(seed: seed)
        Self.forEachChunk(of: components[component], vector.count, from: &stream) {
            vector.subtract($0, at: $1)
        }
    }

    private static func forEachChunk(
        of noise: some IntegerNoise, _ count: Int, from randomness: inout some RandomSource,
        _ body: ([Int32], Int) -> Void
    ) {
        var chunk = [Int32](repeating: 0, count: min(chunkLength, count))
        for start in stride(from: 0, to: count, by: chunkLength) {
            if chunk.count > count - start {
                chunk.erase()
                chunk.removeLast(chunk.count - (count - start))
            }
            noise.fill(&chunk, using: &randomness)
            body(chunk, start)
        }
        chunk.erase()
    }
}
