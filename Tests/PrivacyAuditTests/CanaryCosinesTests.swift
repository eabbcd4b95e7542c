import Foundation
import Testing

@testable import PrivacyAudit

@Suite struct CanaryCosinesTests {
    @Test(.enabled(if: !ReferenceVectors.areAbsent, Comment(rawValue: ReferenceVectors.absence)))
    func `estimates agree with the reference vectors`() throws {
        let vectors = try ReferenceVectors.auxiliary("one_shot_canary_cosine")
        #expect(vectors.count == 5)
        for vector in vectors {
            let pair = NormalPair(
                mean: try #require(vector["cosine_mean"]),
                deviation: try #require(vector["cosine_std"]),
                nullDeviation: 1 / (try #require(vector["dim"])).squareRoot())
            let estimate = pair.epsilon(delta: try #require(vector["delta"]))
            #expect(
                isClose(estimate, try #require(vector["epsilon_estimate"]), within: 1e-6),
                "\(vector)")
        }
    }

    /// From the regularized incomplete beta function with 40 digits, by mpmath.
    @Test(
        arguments: [
            (100, 0.6237748349738497, 1.6075018431765072e-12),
            (3, 0.97, 0.015000000000000013),
            (100000, -0.001181924807470867, 0.6457066131009452),
            (4, 0.010395232952234879, 0.49338230835390295),
            (3, -0.07626904260751072, 0.5381345213037554),
            (2, 0.97, 0.07816593193095629),
            (10, -0.97, 0.9999996067489684),
            (100, 0.5338320728676305, 4.500292182150394e-09),
        ] as [(Int, Double, Double)])
    func `the cosine of an unused direction has its exact distribution`(
        dimension: Int, cosine: Double, tail: Double
    ) {
        let null = RandomCosine(dimension: dimension)
        #expect(isClose(null.upperTail(cosine), tail, within: 2e-8))
        let score = null.normalScore(cosine)
        #expect(isClose(0.5 * erfc(score / 2.0.squareRoot()), tail, within: 1e-7))
    }

    /// Cosines of random directions of the given dimension with a sum in which every canary has
    /// `shift` times the length that the noise has in its direction.
    private func cosines(
        _ count: Int, dimension: Int, shift: Double, source: inout ScoreSource
    ) throws -> CanaryCosines {
        try CanaryCosines(
            (0..<count).map { _ in
                // A direction is normal numbers over their length; the first one is the cosine.
                let along = source.normal()
                let squares = (1..<dimension).reduce(along * along) { sum, _ in
                    let value = source.normal()
                    return sum + value * value
                }
                return max(
                    -1,
                    min(1, along / squares.squareRoot() + shift / Double(dimension).squareRoot()))
            }, dimension: dimension)
    }

    /// The fitted mean of 1,000 scores has a s.d. of 0.03, which is 3 % of the shift.
    @Test(arguments: [50, 1000])
    func `the estimate finds a Gaussian mechanism`(dimension: Int) throws {
        var source = ScoreSource(seed: 9)
        let cosines = try cosines(1000, dimension: dimension, shift: 1, source: &source)
        let estimate = cosines.estimate(delta: 1e-5)
        #expect(abs(estimate / NormalPair(mu: 1).epsilon(delta: 1e-5) - 1) < 0.25)
        let bound = cosines.bound(at: try AuditLevel(delta: 1e-5))
        #expect(bound.epsilon > 1.2 && bound.epsilon < 4.4)
    }

    /// Alarms occur in at most 5 % of runs: more than 7.5 % of 1,000 would be seen with a
    /// probability below 0.1 %.
    @Test func `unused directions seldom give a bound`() throws {
        var source = ScoreSource(seed: 10)
        let level = try AuditLevel(delta: 1e-5)
        let alarms = try (0..<1000).count { _ in
            let cosines = try cosines(100, dimension: 20, shift: 0, source: &source)
            return cosines.bound(at: level).epsilon > 0
        }
        #expect(alarms <= 50)
    }

    @Test func `equal cosines leave no doubt`() throws {
        let cosines = try CanaryCosines([0.5, 0.5], dimension: 10_000)
        #expect(cosines.estimate(delta: 1e-5) == .infinity)
    }

    @Test func `numbers that are not cosines are refused`() {
        #expect(throws: AuditError.self) { try CanaryCosines([0.1, 1.1], dimension: 10) }
        #expect(throws: AuditError.self) { try CanaryCosines([0.1, .nan], dimension: 10) }
        #expect(throws: AuditError.self) { try CanaryCosines([0.1], dimension: 10) }
        #expect(throws: AuditError.self) { try CanaryCosines([0.1, 0.2], dimension: 1) }
    }
}
