internal import Foundation
internal import Recommender
internal import VectorKernels

/// ``Recommender/RidgeRule`` as evidence comes in: the normal equations, solved when they are asked.
struct RidgeEstimate: EmbeddingEstimate {
    private let rule: RidgeRule
    private let width: Int
    /// lambda I + w0 G, row-major.
    private let base: [Double]
    /// Σ c x xᵀ and Σ c t x over the evidence.
    private var moments: [Double]
    private var target: [Double]

    init(_ rule: RidgeRule) {
        self.rule = rule
        let order = Int(Double(rule.gram.count).squareRoot().rounded())
        width = order
        base = rule.gram.indices.map {
            rule.unobservedWeight * Double(rule.gram[$0])
                + ($0 / order == $0 % order ? rule.regularization : 0)
        }
        moments = [Double](repeating: 0, count: rule.gram.count)
        target = [Double](repeating: 0, count: width)
    }

    mutating func add(_ vector: [Double], strength: Double) {
        let kept = strength > 0 ? exp(-1 / rule.decay) : 1
        let confidence = abs(strength)
        for row in 0..<width {
            target[row] = target[row] * kept + strength * vector[row]
            let scale = confidence * vector[row]
            for column in 0..<width {
                let place = row * width + column
                moments[place] = moments[place] * kept + scale * vector[column]
            }
        }
    }

    var solution: (vector: [Double], lens: EmbeddingLens) {
        guard target.contains(where: { $0 != 0 }) else { return (target, .scaled(0)) }
        let factor = CholeskyFactor(of: zip(base, moments).map { $0 + $1 }, order: width)
        return (factor.solve(target).map { $0 * rule.scale }, .solved(factor, scale: rule.scale))
    }

    func weight(age: Int) -> Double { exp(-Double(age) / rule.decay) }
}
