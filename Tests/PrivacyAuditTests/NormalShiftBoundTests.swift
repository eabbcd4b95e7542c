import DifferentialPrivacy
import Testing

@testable import PrivacyAudit

@Suite struct NormalShiftBoundTests {
    /// Scores at the quantiles of their distributions: what is typical, without any randomness.
    private func typical(_ canaries: Int, shift: Double) throws -> CanaryScores {
        let half = canaries / 2
        let noise = (0..<half).map { Normal.quantile((Double($0) + 0.5) / Double(half)) }
        return try CanaryScores(noise.map { ($0 + shift, true) } + noise.map { ($0, false) })
    }

    @Test(
        arguments: [
            (0.26805112321129404, 1), (0.5015516891696358, 2), (0.9249308976669357, 4),
            (1.66603059784571, 8),
        ] as [(Double, Double)])
    func `a Gaussian mechanism is bounded from 90 % of its epsilon`(
        mu: Double, epsilon: Double
    ) throws {
        let scores = try typical(10_000, shift: mu)
        let level = try AuditLevel(delta: 1e-5)
        let bound = NormalShiftBound.bound(scores, nullMean: .zero, at: level)
        #expect(bound.epsilon >= 0.9 * epsilon && bound.epsilon < epsilon)
        let other = NormalShiftBound.bound(scores, nullMean: .estimated, at: level)
        #expect(other.epsilon >= 0.85 * epsilon && other.epsilon < bound.epsilon)
    }

    /// From quadrature with 20 digits, by mpmath.
    @Test(
        arguments: [
            (50.0, 7.546238485295876, 6.49536717004016, 0.818477171217907),
            (10000.0, 2.711816951003035, 2.973051581280978, 0.3970066913638867),
            (2000.0, 1.9242431725086, 2.252554444177881, 0.3715232074674733),
            (2000.0, 9.736943115379457, 10.764757136899602, 0.15578871686800344),
            (200.0, 5.83230357217999, 3.717231215687931, 0.9814153305491476),
        ] as [(Double, Double, Double, Double)])
    func `the noncentral t distribution agrees with high precision`(
        freedom: Double, shift: Double, value: Double, tail: Double
    ) {
        let distribution = NoncentralT(degreesOfFreedom: freedom, value: value)
        #expect(isClose(distribution.upperTail(shift: shift), tail, within: 1e-9))
    }

    @Test func `a shift of the excluded scores matters unless their mean is estimated`() throws {
        var source = ScoreSource(seed: 5)
        let level = try AuditLevel(delta: 1e-5)
        let canaries = (0..<2000).map {
            ($0 % 2 == 0 ? source.normal() + 9 : source.normal() + 8, $0 % 2 == 0)
        }
        let scores = try CanaryScores(canaries)
        let bound = NormalShiftBound.bound(scores, nullMean: .zero, at: level)
        #expect(bound.epsilon == 0 && bound.objection != nil)
        let estimated = NormalShiftBound.bound(scores, nullMean: .estimated, at: level)
        #expect(estimated.epsilon > 3.5 && estimated.objection == nil)
    }

    @Test func `without noise nothing is protected`() throws {
        let level = try AuditLevel(delta: 1e-5)
        let scores = try CanaryScores((0..<100).map { $0 % 2 == 0 ? (1, true) : (0, false) })
        let bound = NormalShiftBound.bound(scores, nullMean: .zero, at: level)
        #expect(bound.epsilon == .infinity && bound.objection == nil)
    }

    @Test func `excluded scores that are not normal are refused`() throws {
        var source = ScoreSource(seed: 6)
        let level = try AuditLevel(delta: 1e-5)
        let shapes: [(inout ScoreSource) -> Double] = [
            { $0.heavyTailed() }, { $0.uniform() < 0.5 ? -1 : 1 }, { $0.uniform() < 0.9 ? 0 : 1 },
            { _ in 0 },
        ]
        for shape in shapes {
            let scores = try source.scores(canaries: 4000, noise: shape)
            for nullMean in [NormalShiftBound.NullMean.zero, .estimated] {
                let bound = NormalShiftBound.bound(scores, nullMean: nullMean, at: level)
                #expect(bound.epsilon == 0 && bound.objection != nil)
            }
        }
    }
}
