internal import Foundation

/// How a place of a list is filled by chance, so that what was never shown can be learned of: the
/// probability of each candidate in closed form.
package enum ExplorationPolicy: Sendable, Hashable {
    /// Always the best, the first of equals.
    case best
    /// The best with probability 1 - epsilon, else one of the others, uniformly.
    case epsilonGreedy(Double)
    /// Plackett-Luce: in proportion to exp(value / (temperature · spread)): Luce, "Individual choice
    /// behavior", 1959.
    case plackettLuce(temperature: Double)

    /// The probability of each candidate.
    ///
    /// - Parameters:
    ///   - values: What candidates are compared by; finite, at least one.
    ///   - spread: The standard deviation of the candidates' scores.
    package func probabilities(of values: [Double], spread: Double) -> [Double] {
        let best = Self.best(of: values)
        func alone() -> [Double] { values.indices.map { $0 == best ? 1 : 0 } }
        switch self {
        case .best: return alone()
        case .epsilonGreedy(let epsilon):
            guard values.count > 1 else { return [1] }
            let other = epsilon / Double(values.count - 1)
            return values.indices.map { $0 == best ? 1 - epsilon : other }
        case .plackettLuce(let temperature):
            let scale = temperature * spread
            guard scale > 0 else { return alone() }
            let weights = values.map { exp(($0 - values[best]) / scale) }
            let total = weights.reduce(0, +)
            return weights.map { $0 / total }
        }
    }

    /// The greatest of some values, the first of equals.
    package static func best(of values: [Double]) -> Int {
        var best = 0
        for index in values.indices where values[index] > values[best] { best = index }
        return best
    }

    /// Draws a candidate.
    ///
    /// - Parameters:
    ///   - uniform: Drawn from 0 up to 1.
    ///   - probabilities: Of the candidates; they add up to 1, but for rounding.
    /// - Returns: Its number; that of the most probable where rounding leaves a little over.
    package static func draw(_ uniform: Double, from probabilities: [Double]) -> Int {
        var remaining = uniform
        for index in probabilities.indices {
            remaining -= probabilities[index]
            if remaining < 0 { return index }
        }
        return best(of: probabilities)
    }
}
