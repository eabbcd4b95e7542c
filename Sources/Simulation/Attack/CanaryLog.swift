import Recommender

/// What released sums have told about canaries so far. An attacker who knows everything but the
/// canaries takes everybody else's exact contributions off each sum, and compares what is left with
/// what each canary would have added: by the inner product, weighted by the noise of the round.
struct CanaryLog: Sendable {
    /// The inner products of each canary with what was left of the sums, each round weighted by the
    /// square of its noise.
    private var products: [Double]
    /// The squared norm of each canary over its rounds, in standard deviations squared: the
    /// variance of its product.
    private var squaredNorms: [Double]
    /// The cosines of the canaries with what was left in one round, the one in which a contribution
    /// is largest beside the noise; only of canaries in random directions.
    private(set) var cosines: [Double] = []
    /// The number of coordinates of that round.
    private(set) var dimension = 0
    private var strongest = 0.0

    /// A log of `count` canaries.
    init(count: Int) {
        products = [Double](repeating: 0, count: count)
        squaredNorms = products
    }

    /// Takes in a round.
    ///
    /// - Parameters:
    ///   - released: The noisy sum.
    ///   - known: The exact sum of what all others contributed, clipped.
    ///   - canaries: The canaries.
    ///   - present: The canaries that the sum is about, whether they are in the data or not, as far
    ///     as the attacker knows.
    ///   - query: What was summed.
    ///   - round: The number of the round.
    mutating func add(
        _ released: NoisySum, known: [Float], canaries: Canaries, present: [Int], query: SumQuery,
        round: Int
    ) {
        let noise = released.noiseStandardDeviation
        guard noise > 0 else { return }
        let residual = zip(released.values, known).map { $0 - $1 }
        switch canaries.design {
        case .users: break
        case .spikes:
            addSpikes(residual, noise: noise, canaries, present, query, round: round)
        case .directions:
            let strength = query.clippingNorm / noise
            guard strength > strongest else { return }
            strongest = strength
            dimension = query.dimension
            let length = residual.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            cosines = present.map { canary in
                let signs = canaries.signs(canary, query, round: round)
                let product = zip(signs, residual).reduce(0.0) { $0 + Double($1.0 * $1.1) }
                return product / (Double(query.dimension).squareRoot() * length)
            }
        }
    }

    private mutating func addSpikes(
        _ residual: [Float], noise: Double, _ canaries: Canaries, _ present: [Int],
        _ query: SumQuery, round: Int
    ) {
        let norm = query.clippingNorm
        // Canaries that share a coordinate are noise to each other.
        let shared = max(0, Double(present.count) / Double(query.dimension) - 1)
        let variance = noise * noise + norm * norm * shared / 2
        for canary in present {
            let spike = canaries.spike(canary, query, round: round)
            let product = Double(residual[spike.coordinate] * spike.sign)
            products[canary] += norm * product / variance
            squaredNorms[canary] += norm * norm / variance
        }
    }

    /// The score of each canary in standard deviations; nil for those that were in no round.
    var scores: [Double?] {
        zip(products, squaredNorms).map { $1 > 0 ? $0 / $1.squareRoot() : nil }
    }
}
