import Testing

@testable import PrivacyAudit

@Suite struct CanaryScoresTests {
    private func scores(_ included: [Double], _ excluded: [Double]) throws -> CanaryScores {
        try CanaryScores(included.map { ($0, true) } + excluded.map { ($0, false) })
    }

    @Test func `the curve goes through the rates at every distinct score`() throws {
        let curve = try scores([1, 3, 3], [3, 0]).curve
        #expect(curve.map(\.falsePositiveRate) == [0, 0.5, 0.5, 1])
        #expect(curve.map(\.truePositiveRate) == [0, 2 / 3.0, 1, 1])
    }

    @Test func `the area counts pairs in the right order, equal ones half`() throws {
        #expect(abs(try scores([1, 3, 3], [3, 0]).areaUnderCurve - 4 / 6.0) < 1e-15)
        #expect(try scores([2], [1]).areaUnderCurve == 1)
        #expect(try scores([], [1]).areaUnderCurve == 0.5)
    }

    @Test func `the rate of true positives is that of the lowest threshold allowed`() throws {
        let scores = try scores([5, 4, 2, 0], [3, 1])
        #expect(scores.truePositiveRate(atFalsePositiveRate: 0) == 0.5)
        #expect(scores.truePositiveRate(atFalsePositiveRate: 0.5) == 0.75)
        #expect(scores.truePositiveRate(atFalsePositiveRate: 0.49) == 0.5)
    }

    @Test func `guesses are made at both ends`() throws {
        let scores = try scores([9, 8, 1], [7, 0, -1])
        let guesses = Guesses(share: 0.7, of: scores)
        #expect(guesses == Guesses(canaries: 6, count: 4, correct: 4))
        #expect(Guesses(share: 1, of: scores) == Guesses(canaries: 6, count: 6, correct: 4))
    }

    /// Sums of 100 differences of s.d. 1 lie beyond 4 s.d. in 1 of 16,000 cases.
    @Test func `a guess among equal scores is right half of the time`() throws {
        var source = ScoreSource(seed: 3)
        var excess = 0.0
        for _ in 0..<100 {
            let scores = try source.scores(canaries: 400) { _ in 0 }
            let guesses = Guesses(share: 0.25, of: scores)
            excess += (Double(guesses.correct) - 50) / 5
        }
        #expect(abs(excess) < 40)
    }

    @Test func `scores that are not finite are refused`() {
        #expect(throws: AuditError.scoreNotFinite) { try scores([.nan], [0]) }
        #expect(throws: AuditError.scoreNotFinite) { try scores([1], [.infinity]) }
    }

    @Test(arguments: [(-1, 0.95), (1, 0.95), (.nan, 0.95), (0, 0), (0, 1)] as [(Double, Double)])
    func `levels without meaning are refused`(delta: Double, confidence: Double) {
        #expect(throws: AuditError.self) {
            try AuditLevel(delta: delta, confidence: confidence)
        }
    }
}
