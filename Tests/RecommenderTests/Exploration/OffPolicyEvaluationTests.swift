import Learning
import Recommender
import Testing

struct OffPolicyEvaluationTests {
    @Test func `three choices, by hand`() {
        let evaluation = OffPolicyEvaluation([
            .init(
                propensity: 0.5, reward: 1, targetProbability: 1, expected: 0.6, targetExpected: 0.6
            ),
            .init(
                propensity: 0.25, reward: 0, targetProbability: 0, expected: 0.2,
                targetExpected: 0.5),
            .init(
                propensity: 0.25, reward: 2, targetProbability: 0.5, expected: 1,
                targetExpected: 0.4),
            // No policy can have logged this one.
            .init(propensity: 0, reward: 9, targetProbability: 1),
        ])
        // Weights 2, 0 and 2.
        #expect(evaluation.count == 3)
        #expect(abs(evaluation.inversePropensity.value - 2) < 1e-12)
        #expect(abs(evaluation.selfNormalized.value - 1.5) < 1e-12)
        #expect(abs(evaluation.direct.value - 0.5) < 1e-12)
        #expect(abs(evaluation.doublyRobust.value - (0.6 + 0.8 + 0.5 + 0.4 + 2) / 3) < 1e-12)
        #expect(abs(evaluation.effectiveCount - 2) < 1e-12)
        // Terms 2, 0 and 4: variance 4.
        #expect(abs(evaluation.inversePropensity.standardError - (4.0 / 3).squareRoot()) < 1e-12)
        #expect(abs(evaluation.selfNormalized.standardError - 2.0.squareRoot() / 4) < 1e-12)
    }

    @Test func `nothing logged tells nothing`() {
        let evaluation = OffPolicyEvaluation([])
        #expect(evaluation.inversePropensity.standardError == .infinity)
        #expect(evaluation.selfNormalized.standardError == .infinity)
        #expect(evaluation.effectiveCount == 0)
    }

    /// 4,000 logs of 50 choices each, whose mean is within 4 standard errors of the truth, and whose
    /// spread is what the standard errors say.
    @Test(arguments: [ExplorationPolicy.best, .epsilonGreedy(0.3), .plackettLuce(temperature: 0.5)])
    func `estimates are unbiased, and as exact as they say`(target: ExplorationPolicy) {
        let (values, rewards) = ([2.0, 1, 0.5, 0], [0.3, 0.6, 0.1, 0.2])
        let logging = ExplorationPolicy.plackettLuce(temperature: 2)
            .probabilities(of: values, spread: 1)
        let chances = target.probabilities(of: values, spread: 1)
        #expect(abs(chances.reduce(0, +) - 1) < 1e-12)
        let truth = zip(chances, rewards).reduce(0) { $0 + $1.0 * $1.1 }
        // A model that is wrong, but not by much.
        let model = [0.35, 0.5, 0.2, 0.1]
        let expected = zip(chances, model).reduce(0) { $0 + $1.0 * $1.1 }
        var random = SplitMix64(seed: 11)
        var (found, robust, claimed) = ([Double](), [Double](), 0.0)
        for _ in 0..<4000 {
            let evaluation = OffPolicyEvaluation(
                (0..<50).map { _ in
                    let item = ExplorationPolicy.draw(Double(random.nextUniform()), from: logging)
                    let reward = Double(random.nextUniform()) < rewards[item] ? 1.0 : 0
                    return .init(
                        propensity: logging[item], reward: reward,
                        targetProbability: chances[item], expected: model[item],
                        targetExpected: expected)
                })
            found.append(evaluation.inversePropensity.value)
            robust.append(evaluation.doublyRobust.value)
            claimed += evaluation.inversePropensity.standardError / 4000
        }
        func spread(_ values: [Double]) -> (mean: Double, deviation: Double) {
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (mean, (squares / Double(values.count - 1)).squareRoot())
        }
        for estimates in [found, robust] {
            let (mean, deviation) = spread(estimates)
            #expect(abs(mean - truth) < 4 * deviation / 4000.0.squareRoot())
        }
        #expect(abs(claimed / spread(found).deviation - 1) < 0.1)
        #expect(spread(robust).deviation < spread(found).deviation)
    }
}
