internal import Foundation
internal import Recommender
internal import VectorKernels

/// ``Recommender/RecencyRule`` as evidence comes in: a fast and a slow running sum.
struct RecencyEstimate: EmbeddingEstimate {
    private let weights: RecencyWeights
    private let covariance: [Double]
    private var fast: [Double]
    private var slow: [Double]

    init(_ rule: RecencyRule) {
        weights = rule.weights
        covariance = rule.covariance.map { Double($0) }
        fast = [Double](repeating: 0, count: rule.spectrum.count)
        slow = fast
    }

    mutating func add(_ vector: [Double], strength: Double) {
        let fastKept = strength > 0 ? exp(-1 / weights.decay) : 1
        let slowKept = strength > 0 ? exp(-1 / weights.slowDecay) : 1
        for index in fast.indices {
            fast[index] = fast[index] * fastKept + strength * vector[index]
            slow[index] = slow[index] * slowKept + strength * vector[index]
        }
    }

    var solution: (vector: [Double], lens: EmbeddingLens) {
        let sum = zip(fast, slow).map { $0 + weights.slowWeight * $1 }
        let variance = Dense.dot(sum, Dense.product(covariance, sum))
        let isKnown = sum.contains { $0 != 0 }
        let scale = isKnown ? 1 / max(max(variance, 0).squareRoot(), 1e-9) : 0
        return (sum.map { $0 * scale }, .scaled(scale))
    }

    func weight(age: Int) -> Double { weights(age: Double(age)) }
}
