internal import Foundation

/// The conversions between a bound on the Rényi divergence of one order and (epsilon, delta)
/// (Canonne, Kamath and Steinke 2020, arXiv 2004.00010, Proposition 12).
///
/// Results are raised by more than floating-point arithmetic can have lost.
enum RenyiConversion {
    /// Far above the rounding errors of the few operations below and of sums over events.
    static let relativeSlack = 1e-12

    /// The epsilon that a divergence of at most `divergence` at `order` > 1 implies, at least 0.
    static func epsilon(divergence: Double, order: Double, delta: Double) -> Double {
        guard divergence.isFinite, order > 1 else { return .infinity }
        if provesDelta(delta, divergence: divergence) { return 0 }
        let logarithm = (log(delta) + log(order)) / (order - 1)
        let correction = log1p(-1 / order)
        let epsilon = divergence + correction - logarithm
        let slack = relativeSlack * (divergence + abs(correction) + abs(logarithm))
        return epsilon.isNaN ? .infinity : max(0, epsilon + slack)
    }

    /// The delta that a divergence of at most `divergence` at `order` > 1 implies, at most 1.
    static func delta(divergence: Double, order: Double, epsilon: Double) -> Double {
        guard divergence.isFinite, order > 1 else { return 1 }
        let gap = (order - 1) * (divergence - epsilon)
        let correction = (order - 1) * log1p(-1 / order)
        let exponent = gap + correction - log(order)
        let slack =
            relativeSlack
            * (1 + (order - 1) * (divergence + epsilon) + abs(correction) + log(order))
        let total = (-expm1(-divergence)).squareRoot() * (1 + relativeSlack)
        let result = min(exp(exponent + slack), total)
        return result.isNaN ? 1 : min(1, result)
    }

    /// Whether the total variation distance alone is at most `delta`: it is at most
    /// sqrt(1 - exp(-KL)), and the Kullback-Leibler divergence is at most any Rényi divergence of
    /// order above 1 (Bretagnolle and Huber).
    private static func provesDelta(_ delta: Double, divergence: Double) -> Bool {
        -expm1(-divergence) * (1 + 1e-9) < delta * delta
    }
}
