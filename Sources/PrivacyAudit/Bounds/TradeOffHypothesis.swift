internal import DifferentialPrivacy
internal import Foundation

/// What a mechanism is claimed to allow an attacker at most: a symmetric trade-off curve f between
/// the rates of false positives and of false negatives.
protocol TradeOffHypothesis {
    /// The least rate of false positives at which the claim allows a rate of true positives: the
    /// inverse of 1 - f.
    func falsePositives(atTruePositives rate: Double) -> Double
}

/// The claim that two neighbouring data sets are as hard to tell apart as N(0, 1) and N(mu, 1).
struct GaussianTradeOff: TradeOffHypothesis {
    let mu: Double

    func falsePositives(atTruePositives rate: Double) -> Double {
        Normal.upperTail(mu - Normal.quantile(rate))
    }
}

/// The claim of (epsilon, delta) differential privacy.
struct ApproximateTradeOff: TradeOffHypothesis {
    private let growth: Double
    private let delta: Double

    init(epsilon: Double, delta: Double) {
        growth = exp(epsilon)
        self.delta = delta
    }

    func falsePositives(atTruePositives rate: Double) -> Double {
        max(0, (rate - delta) / growth, 1 - delta - growth * (1 - rate))
    }
}
