internal import Recommender

/// Draws now and then what is not the best, so that what was never shown can be learned of.
///
/// Every place is drawn afresh given the places above it, from probabilities known in closed form,
/// so that ``Placed/propensity`` is exact. How another ranking would have done can then be estimated
/// without bias: weigh what came of a place by the other's probability of the list down to there
/// over the product of the propensities down to there (Horvitz and Thompson, JASA 47, 1952; for
/// rankings Swaminathan et al., "Off-policy evaluation for slate recommendation", NeurIPS 2017).
/// Every list that the other ranking could make must have had a chance.
public enum Exploration: Sendable, Hashable, Codable {
    /// Always the best; every propensity is 1.
    case none
    /// At each place the best with probability 1 - epsilon, else one of the other n - 1 that may
    /// come there, uniformly: propensity 1 - epsilon or epsilon / (n - 1), and 1 if n = 1.
    /// `epsilon` is from 0 to 1; a value beyond counts as the bound.
    case epsilonGreedy(epsilon: Double = 0.05)
    /// At each place the greatest of value + noise, where the noise is Gumbel's with a standard
    /// deviation of `temperature` · π / √6 spreads (standard deviations of the scores), drawn anew
    /// for each place. `temperature` is from 0 (always the best) to 1000; a value beyond counts as
    /// the bound.
    ///
    /// It stands in for Thompson sampling, whose noise is a posterior's and mostly normal: there the
    /// probability of being greatest is an integral for each candidate and place, known only up to
    /// an error that biases every estimate made with it. With Gumbel's noise it is exp(value / t)
    /// over the sum of these, t being temperature · spread: the Plackett-Luce model (Luce,
    /// "Individual choice behavior", 1959; Yellott, J. Math. Psychology 15, 1977). In return the
    /// noise must be as wide for every candidate, however sure the model is of it.
    case plackettLuce(temperature: Double = 0.1)

    /// Chooses among values.
    ///
    /// - Parameters:
    ///   - values: What the candidates are compared by; finite, at least one.
    ///   - spread: The standard deviation of the candidates' scores.
    /// - Returns: Which was chosen, which is best (the first of equals), and the probability with
    ///   which the chosen one was.
    func choose(
        among values: [Double], spread: Double, using generator: inout some RandomNumberGenerator
    ) -> (chosen: Int, best: Int, propensity: Double) {
        let best = ExplorationPolicy.best(of: values)
        guard let policy else { return (best, best, 1) }
        let probabilities = policy.probabilities(of: values, spread: spread)
        guard probabilities[best] < 1 else { return (best, best, 1) }
        let chosen = ExplorationPolicy.draw(
            Double.random(in: 0..<1, using: &generator), from: probabilities)
        return (chosen, best, probabilities[chosen])
    }

    /// What the probabilities are; nil for none but the best.
    private var policy: ExplorationPolicy? {
        switch self {
        case .none: nil
        case .epsilonGreedy(let epsilon):
            .epsilonGreedy(epsilon.bounded(to: 0...1, notANumber: 0))
        case .plackettLuce(let temperature):
            .plackettLuce(temperature: temperature.bounded(to: 0...1000, notANumber: 0))
        }
    }
}
