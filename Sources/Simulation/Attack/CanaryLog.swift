import Recommender

/// What released sums have told about canaries so far. An attacker who knows everything but the
/// canaries takes everybody else's exact contributions off each sum, and compares what is left with
/// what each canary would have added: by the inner product, weighted by the noise of the round.
struct CanaryLog: Sendable {
    /// The inner products of each canary with what was left of the sums, in standard deviations.
    private(set) var products: [Double]
    /// The squared norm of a canary over all rounds, in standard deviations squared.
    private(set) var squaredNorm = 0.0
    /// The squared norm of what was left, in standard deviations squared.
    private(set) var squaredResidual = 0.0
    /// The number of coordinates of all rounds.
    private(set) var dimension = 0

    /// A log of `count` canaries.
    init(count: Int) { products = [Double](repeating: 0, count: count) }

    /// Takes in a round.
    ///
    /// - Parameters:
    ///   - released: The noisy sum.
    ///   - known: The exact sum of what all others contributed, clipped.
    ///   - canaries: The canaries.
    ///   - present: The canaries that the sum is about, as far as the attacker knows.
    ///   - query: What was summed.
    ///   - round: The number of the round.
    mutating func add(
        _ released: NoisySum, known: [Float], canaries: Canaries, present: [Int], query: SumQuery,
        round: Int
    ) {
        let noise = released.noiseStandardDeviation
        guard noise > 0 else { return }
        let residual = zip(released.values, known).map { $0 - $1 }
        let norm = query.clippingNorm
        // Canaries that share a coordinate are noise to each other.
        let shared = max(0, Double(present.count) / Double(query.dimension) - 1)
        let variance = noise * noise + norm * norm * shared / 2
        for canary in present {
            let product: Double
            switch canaries.design {
            case .spikes:
                let spike = canaries.spike(canary, query, round: round)
                product = Double(residual[spike.coordinate] * spike.sign)
            case .directions:
                let signs = canaries.signs(canary, query, round: round)
                let sum = zip(signs, residual).reduce(0.0) { $0 + Double($1.0 * $1.1) }
                product = sum / Double(query.dimension).squareRoot()
            case .users: product = 0
            }
            products[canary] += norm * product / variance
        }
        squaredNorm += norm * norm / variance
        squaredResidual += residual.reduce(0.0) { $0 + Double($1) * Double($1) } / variance
        dimension += query.dimension
    }

    /// The cosines of the canaries with what was left, over all rounds as one vector.
    var cosines: [Double] {
        let scale = (squaredNorm * squaredResidual).squareRoot()
        return products.map { scale > 0 ? min(1, max(-1, $0 / scale)) : 0 }
    }
}
