import Testing

@testable import PrivacyAudit

@Suite struct OneRunBoundTests {
    @Test(.enabled(if: !ReferenceVectors.areAbsent, Comment(rawValue: ReferenceVectors.absence)))
    func `p-values agree with the reference vectors`() throws {
        let vectors = try ReferenceVectors.auxiliary("one_run_audit_pvalue")
        #expect(vectors.count == 7)
        for vector in vectors {
            let (guesses, delta) = try #require(counts(vector))
            let value = OneRunBound.pValue(
                guesses, epsilon: try #require(vector["epsilon"]), delta: delta)
            #expect(isClose(value, try #require(vector["p_value"]), within: 1e-9), "\(vector)")
        }
    }

    @Test(.enabled(if: !ReferenceVectors.areAbsent, Comment(rawValue: ReferenceVectors.absence)))
    func `lower bounds agree with the reference vectors`() throws {
        let vectors = try ReferenceVectors.auxiliary("one_run_audit_lower_bound")
        #expect(vectors.count == 6)
        for vector in vectors {
            let (guesses, delta) = try #require(counts(vector))
            let level = try AuditLevel(
                delta: delta, confidence: try #require(vector["confidence"]))
            let expected = try #require(vector["epsilon_lower_bound"])
            #expect(
                isClose(OneRunBound.epsilon(guesses, at: level), expected, within: 1e-8),
                "\(vector)")
        }
    }

    private func counts(_ vector: [String: Double]) -> (Guesses, delta: Double)? {
        guard let canaries = vector["canaries"], let count = vector["guesses"],
            let correct = vector["correct"], let delta = vector["delta"]
        else { return nil }
        return (
            Guesses(canaries: Int(canaries), count: Int(count), correct: Int(correct)), delta
        )
    }

    /// From an implementation of the recursion in Python, with `statistics.NormalDist`.
    @Test(
        arguments: [
            (1000, 100, 80, 1e-05, 0.9427909100872967, 0.36432558983023),
            (10000, 500, 330, 1e-06, 0.4965996204180101, 0.17635988201277542),
            (300, 300, 200, 0, 0.4763047871904291, 0.27228620237508494),
            (50, 20, 20, 0.001, 1.8053098120253708, 0.8685717374518731),
            (2000, 900, 500, 1e-05, 0.10469787116903717, 0.054697756837640554),
            (100, 30, 16, 1e-05, 0.0, 0.0),
        ] as [(Int, Int, Int, Double, Double, Double)])
    func `trade-off curves are refuted as by an independent implementation`(
        canaries: Int, count: Int, correct: Int, delta: Double, epsilon: Double, mu: Double
    ) throws {
        let guesses = Guesses(canaries: canaries, count: count, correct: correct)
        let level = try AuditLevel(delta: delta)
        #expect(
            isClose(OneRunTradeOffBound.epsilon(guesses, at: level), epsilon, within: 1e-8))
        #expect(isClose(OneRunTradeOffBound.mu(guesses, at: level), mu, within: 1e-8))
    }

    @Test func `no guesses, and no more than half of them right, refute nothing`() throws {
        let level = try AuditLevel(delta: 1e-5)
        for guesses in [
            Guesses(canaries: 0, count: 0, correct: 0), Guesses(canaries: 9, count: 8, correct: 4),
        ] {
            #expect(OneRunBound.epsilon(guesses, at: level) == 0)
            #expect(OneRunTradeOffBound.epsilon(guesses, at: level) == 0)
            #expect(OneRunTradeOffBound.mu(guesses, at: level) == 0)
        }
    }

    /// What jax-privacy 2.0 reaches with curves of Gaussian mechanisms is 0.349, 0.960 and 2.163.
    /// Medians of 41 runs; their s.d. is a tenth of the margin or less for the Gaussian curves.
    @Test(arguments: [
        (mu: 0.26805112321129404, least: [0.37, 0.37, 0.47]),
        (mu: 0.5015516891696358, least: [0.9, 0.9, 1.1]),
        (mu: 0.9249308976669357, least: [1.85, 1.9, 2.35]),
    ])
    func `a Gaussian mechanism of epsilon 1, 2, 4 is bounded closely`(
        mu: Double, least: [Double]
    ) throws {
        var source = ScoreSource(seed: 11)
        let level = try AuditLevel(delta: 1e-5)
        let runs = try (0..<41).map { _ in
            let scores = try source.scores(canaries: 10_000, shift: mu)
            return
                ([OneRunBound.bound(scores, at: level)]
                + OneRunTradeOffBound.bounds(scores, at: level)).map(\.epsilon)
        }
        for (index, least) in least.enumerated() {
            #expect(runs.map { $0[index] }.sorted()[20] >= least)
        }
    }
}
