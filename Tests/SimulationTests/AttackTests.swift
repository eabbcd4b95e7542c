import DifferentialPrivacy
import Foundation
import PrivacyAudit
import Simulation
import Testing

@Suite struct AttackTests {
    private func attack(
        _ method: AttackResult.Method, canaries: Int = 600, _ overrides: [String]
    ) async throws -> AttackResult {
        let scenario = try Scenario(
            yaml: Scenario.quickstartYAML, source: "the quickstart",
            overrides: ["data.users=300", "threads=2"] + overrides)
        return try await Simulation(scenario: scenario)
            .attack(method, canaries: canaries, confidence: 0.95)
    }

    private func bound(_ method: AuditBound.Method, of result: AttackResult) -> Double {
        result.bounds.first { $0.method == method }?.epsilon ?? .nan
    }

    /// Half of the accounted epsilon at 600 canaries is four deviations below what the normal shift
    /// is expected to reach.
    @Test(arguments: ["real", "ideal", "statistical"])
    func `canaries measure most of what is accounted for, and no more`(
        aggregation: String
    ) async throws {
        let result = try await attack(.canaries, ["aggregation=\(aggregation)"])
        #expect(result.verdict == .consistent)
        #expect(result.accounted.upper > 3.9 && result.accounted.upper < 4.01)
        let shift = bound(.normalShift, of: result)
        #expect(shift > 0.5 * result.accounted.upper && shift < result.accounted.upper)
        #expect(bound(.oneRun, of: result) > 0.3)
        #expect((result.areaUnderCurve ?? 0) > 0.7)
        #expect(result.curve.count > 100)
    }

    @Test func `random canaries estimate epsilon without any left out`() async throws {
        let result = try await attack(.oneShot, canaries: 300, ["aggregation=statistical"])
        let estimate = try #require(result.estimate)
        #expect(estimate > 0.6 * result.accounted.upper)
        #expect(estimate < 1.3 * result.accounted.upper)
        #expect(bound(.oneShotCosine, of: result) < result.accounted.upper)
        #expect(result.verdict == .consistent && result.curve.isEmpty)
    }

    /// Only devices that were invited to a round can show in it: those that were not must not look
    /// like canaries that left no trace.
    @Test(arguments: [
        ["cohort.selection=rotation", "cohort.size=300"],
        ["cohort.selection=coins", "cohort.rate=0.5"],
    ])
    func `canaries that were not invited say nothing`(cohort: [String]) async throws {
        for method in [AttackResult.Method.oneShot, .canaries] {
            let result = try await attack(
                method, ["aggregation=statistical", "privacy.epsilon=1"] + cohort)
            #expect(result.verdict == .consistent)
            #expect(result.bounds.allSatisfy { $0.epsilon < result.accounted.upper })
        }
    }

    @Test func `people are looked for in models of both kinds`() async throws {
        for overrides in [
            ["aggregation=statistical"],
            [
                "aggregation=statistical", "algorithm.name=federated-averaging",
                "algorithm.rounds=6", "algorithm.dimensions=8",
            ],
        ] {
            let result = try await attack(.membership, overrides)
            #expect(result.canaries == 300 && result.adversary == "observer")
            #expect(result.verdict == .consistent)
            #expect(result.curve.count > 50)
        }
    }
}
