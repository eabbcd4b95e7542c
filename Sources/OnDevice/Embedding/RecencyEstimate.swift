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

    var vector: [Double] {
        let scale = scale
        return fast.indices.map { scale * sum(at: $0) }
    }

    private func sum(at index: Int) -> Double { fast[index] + weights.slowWeight * slow[index] }

    /// 1 / sqrt(sᵀ C s); 0 where there is nothing to scale.
    private var scale: Double {
        let sum = fast.indices.map { self.sum(at: $0) }
        var variance = 0.0
        for row in sum.indices {
            variance +=
                sum[row]
                * Dense.dot(covariance, from: row * sum.count, sum, from: 0, count: sum.count)
        }
        guard sum.contains(where: { $0 != 0 }) else { return 0 }
        return 1 / max(max(variance, 0).squareRoot(), 1e-9)
    }

    func lens(for row: [Double]) -> [Double] {
        let scale = scale
        return row.map { $0 * scale }
    }

    func weight(age: Int) -> Double { weights(age: Double(age)) }
}
