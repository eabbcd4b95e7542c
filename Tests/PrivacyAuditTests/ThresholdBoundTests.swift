import Foundation
import Testing

@testable import PrivacyAudit

@Suite struct ThresholdBoundTests {
    @Test func `limits are the closed forms where there are any`() {
        let none = ClopperPearson.upperLimit(successes: 0, trials: 100, errorProbability: 0.05)
        #expect(isClose(none, 1 - pow(0.05, 0.01), within: 1e-8))
        let all = ClopperPearson.lowerLimit(successes: 100, trials: 100, errorProbability: 0.05)
        #expect(isClose(all, pow(0.05, 0.01), within: 1e-9))
        #expect(ClopperPearson.lowerLimit(successes: 0, trials: 9, errorProbability: 0.05) == 0)
        #expect(ClopperPearson.upperLimit(successes: 9, trials: 9, errorProbability: 0.05) == 1)
    }

    /// From `scipy.stats.beta.ppf`.
    @Test(
        arguments: [
            (9, 7817, 0.05, 0.0006007701778315423, 0.0020082487963841026),
            (1456, 2984, 0.001, 0.459543597887302, 0.5163822851098636),
            (8150, 8229, 0.05, 0.9884355364092514, 0.9920984332250907),
            (24, 309, 0.001, 0.038409492952616, 0.1358495954642089),
            (307, 600, 0.05, 0.47727900916880706, 0.545968786109323),
        ] as [(Int, Int, Double, Double, Double)])
    func `limits are quantiles of beta distributions`(
        successes: Int, trials: Int, error: Double, lower: Double, upper: Double
    ) {
        let low = ClopperPearson.lowerLimit(
            successes: successes, trials: trials, errorProbability: error)
        let high = ClopperPearson.upperLimit(
            successes: successes, trials: trials, errorProbability: error)
        #expect(isClose(low, lower, within: 1e-9))
        #expect(isClose(high, upper, within: 1e-6))
    }

    @Test func `either direction of a threshold gives a bound`() throws {
        let level = try AuditLevel(delta: 0)
        let forth = ThresholdBound.epsilon(
            truePositives: 100, of: 1000, falsePositives: 10, of: 1000, at: level)
        let rate = ClopperPearson.lowerLimit(successes: 100, trials: 1000, errorProbability: 0.0125)
        let alarm = ClopperPearson.upperLimit(successes: 10, trials: 1000, errorProbability: 0.0125)
        #expect(isClose(forth, log(rate / alarm), within: 1e-12))
        let back = ThresholdBound.epsilon(
            truePositives: 990, of: 1000, falsePositives: 900, of: 1000, at: level)
        #expect(isClose(back, forth, within: 1e-12))
        #expect(
            ThresholdBound.epsilon(
                truePositives: 10, of: 100, falsePositives: 10, of: 100, at: level) == 0)
    }

    @Test func `the best of several thresholds finds a Gaussian mechanism`() throws {
        var source = ScoreSource(seed: 8)
        let scores = try source.scores(canaries: 10_000, shift: 0.9249308976669357)
        let bound = ThresholdBound.bound(scores, at: try AuditLevel(delta: 1e-5))
        #expect(bound.epsilon > 1.3 && bound.epsilon < 4)
    }
}
