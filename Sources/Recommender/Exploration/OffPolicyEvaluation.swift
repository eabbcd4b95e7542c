/// Estimates how another policy would have done from what one policy chose by chance and logged.
public struct OffPolicyEvaluation: Sendable {
    /// What was logged of one choice, and what the other policy makes of it.
    public struct Choice: Sendable, Hashable {
        /// The probability with which the item was chosen; over 0, at most 1.
        public var propensity: Double
        /// What came of it.
        public var reward: Double
        /// The probability with which the other policy would have chosen the same item.
        public var targetProbability: Double
        /// What a model expects of the chosen item.
        public var expected: Double
        /// What the model expects of the other policy's choice: the mean over its probabilities.
        public var targetExpected: Double

        /// Describes a choice; without a model nothing is expected.
        public init(
            propensity: Double, reward: Double, targetProbability: Double, expected: Double = 0,
            targetExpected: Double = 0
        ) {
            self.propensity = propensity
            self.reward = reward
            self.targetProbability = targetProbability
            self.expected = expected
            self.targetExpected = targetExpected
        }
    }

    /// An estimate of the mean reward.
    public struct Estimate: Sendable, Hashable, Codable {
        /// The estimate.
        public var value: Double
        /// Its standard error, from the spread over choices, which count as independent.
        public var standardError: Double
    }

    private let choices: [Choice]

    /// An evaluation of logged choices; those whose propensity is not over 0, as no policy that was
    /// followed can have, are left out.
    public init(_ choices: [Choice]) {
        self.choices = choices.filter { $0.propensity > 0 && $0.propensity <= 1 }
    }

    /// The number of choices.
    public var count: Int { choices.count }

    /// How many choices of the other policy itself would tell as much: (Σ w)² / Σ w² with the weights
    /// w = target probability / propensity (Kish, "Survey sampling", 1965).
    public var effectiveCount: Double {
        let sum = choices.reduce(0) { $0 + weight(of: $1) }
        let squares = choices.reduce(0) { $0 + weight(of: $1) * weight(of: $1) }
        return squares > 0 ? sum * sum / squares : 0
    }

    /// What the model expects, with no regard to what came of choices; as wrong as the model.
    public var direct: Estimate { mean { $0.targetExpected } }

    /// Inverse propensity scoring, the mean of w times the reward: Horvitz and Thompson, JASA 47, 1952.
    /// Unbiased where every choice of the other policy had a chance.
    public var inversePropensity: Estimate { mean { weight(of: $0) * $0.reward } }

    /// The mean reward weighted by w: Swaminathan and Joachims, "The self-normalized estimator for
    /// counterfactual learning", NIPS 2015. Slightly biased, with less variance where weights vary; the
    /// standard error is that of the delta method.
    public var selfNormalized: Estimate {
        let total = choices.reduce(0) { $0 + weight(of: $1) }
        guard total > 0 else { return Estimate(value: 0, standardError: .infinity) }
        let value = choices.reduce(0) { $0 + weight(of: $1) * $1.reward } / total
        let squares = choices.reduce(0.0) { sum, choice in
            let deviation = weight(of: choice) * (choice.reward - value)
            return sum + deviation * deviation
        }
        return Estimate(value: value, standardError: squares.squareRoot() / total)
    }

    /// What the model expects, corrected by w times what it was wrong by: Dudík, Langford and Li,
    /// "Doubly robust policy evaluation and learning", ICML 2011. Unbiased if the model was made
    /// without these choices, and with the less variance the better it is.
    public var doublyRobust: Estimate {
        mean { $0.targetExpected + weight(of: $0) * ($0.reward - $0.expected) }
    }

    private func weight(of choice: Choice) -> Double {
        choice.targetProbability / choice.propensity
    }

    private func mean(of term: (Choice) -> Double) -> Estimate {
        guard !choices.isEmpty else { return Estimate(value: 0, standardError: .infinity) }
        let count = Double(choices.count)
        let value = choices.reduce(0) { $0 + term($1) } / count
        let squares = choices.reduce(0.0) { sum, choice in
            let deviation = term(choice) - value
            return sum + deviation * deviation
        }
        return Estimate(
            value: value, standardError: (squares / max(1, count - 1) / count).squareRoot())
    }
}
