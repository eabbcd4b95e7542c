internal import Foundation

/// What a guarantee means for an attacker who has to guess whether a user's data was used.
extension PrivacyAccountant {
    /// The largest share of right guesses about one user, for an attacker who knows everything
    /// else, sees all releases and tossed a fair coin before: (1 + the total variation distance) /
    /// 2, from above.
    public func bestGuess() throws(DifferentialPrivacyError) -> Double {
        min(1, (1 + (try delta(epsilon: 0)).upper) / 2)
    }

    /// A point of the trade-off between an attacker's errors.
    public struct TradeOff: Sendable, Hashable, Codable {
        /// The share of users whose data was not used that the attacker takes for one that was.
        public var falsePositiveRate: Double
        /// The largest share of users whose data was used that the attacker can find at that price.
        public var truePositiveRate: Double
    }

    /// An upper bound on the rate of true positives at each rate of false positives: the tangents
    /// that the guarantees (epsilon, delta(epsilon)) put to the trade-off curve, true positives at
    /// most e^epsilon times the false ones and delta, and the same with the roles exchanged (Dong,
    /// Roth and Su 2022, "Gaussian differential privacy", arXiv 1905.02383, Proposition 2.12).
    public func tradeOff(
        falsePositiveRates: [Double], tangents: Int = 40
    ) throws(DifferentialPrivacyError) -> [TradeOff] {
        let reach = try epsilon(delta: 1e-9).upper
        let end = reach.isFinite ? min(reach, 60) : 60
        var guarantees: [(epsilon: Double, delta: Double)] = []
        for index in 0...tangents {
            let epsilon = end * Double(index) / Double(tangents)
            guarantees.append((epsilon, try delta(epsilon: epsilon).upper))
        }
        return falsePositiveRates.map { rate in
            let best = guarantees.reduce(1.0) { best, guarantee in
                let growth = exp(guarantee.epsilon)
                return min(
                    best, growth * rate + guarantee.delta,
                    1 - max(0, (1 - guarantee.delta - rate) / growth))
            }
            return TradeOff(falsePositiveRate: rate, truePositiveRate: best)
        }
    }
}
