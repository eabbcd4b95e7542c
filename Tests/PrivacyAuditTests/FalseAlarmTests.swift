import Testing

@testable import PrivacyAudit

/// Runs of mechanisms without any leakage: the share with a bound above 0 is at most 5 %.
///
/// The probability of an alarm is at most 3.5 % in each run (2.5 % for shifts of normal scores), so
/// that more than 50 in 1,000 would be seen with a probability below 1 %.
@Suite struct FalseAlarmTests {
    enum Noise: CaseIterable {
        case normal, heavyTailed, coin, rare, rounded

        func draw(_ source: inout ScoreSource) -> Double {
            switch self {
            case .normal: source.normal()
            case .heavyTailed: source.heavyTailed()
            case .coin: source.uniform() < 0.5 ? 0 : 1
            case .rare: source.uniform() < 0.97 ? 0 : 1
            case .rounded: (2 * source.normal()).rounded()
            }
        }
    }

    private func expectFewAlarms(canaries: Int, noise: Noise, runs: Int = 1000) throws {
        var source = ScoreSource(seed: 1)
        let level = try AuditLevel(delta: 1e-5)
        var alarms: [AuditBound.Method: Int] = [:]
        for _ in 0..<runs {
            let scores = try source.scores(canaries: canaries) { noise.draw(&$0) }
            for bound in scores.bounds(at: level) where bound.epsilon > 0 {
                alarms[bound.method, default: 0] += 1
            }
        }
        for (method, count) in alarms {
            #expect(Double(count) <= 0.05 * Double(runs), "\(method), \(noise)")
        }
    }

    @Test(arguments: Noise.allCases)
    func `200 canaries without leakage seldom raise an alarm`(noise: Noise) throws {
        try expectFewAlarms(canaries: 200, noise: noise)
    }

    @Test(arguments: [Noise.normal, .heavyTailed, .coin])
    func `10,000 canaries without leakage seldom raise an alarm`(noise: Noise) throws {
        try expectFewAlarms(canaries: 10_000, noise: noise)
    }

    /// The same where there is something to find: at most 5 % of 400 bounds above the truth are
    /// expected, more than 8 % seen with a probability of 0.5 % (for a rate of 5 %).
    @Test func `bounds on a Gaussian mechanism seldom exceed its epsilon`() throws {
        var source = ScoreSource(seed: 2)
        let level = try AuditLevel(delta: 1e-5)
        var excesses: [AuditBound.Method: Int] = [:]
        for _ in 0..<400 {
            let scores = try source.scores(canaries: 1000, shift: 0.5015516891696358)
            for bound in scores.bounds(at: level) where bound.epsilon > 2 {
                excesses[bound.method, default: 0] += 1
            }
        }
        for (method, count) in excesses { #expect(count <= 32, "\(method)") }
    }
}
