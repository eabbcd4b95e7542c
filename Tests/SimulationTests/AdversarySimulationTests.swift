import Foundation
import PrivacyLedger
import Recommender
import Testing

@testable import Simulation

/// Whole trainings with devices that work against them.
@Suite struct AdversarySimulationTests {
    private let folder = SimulationFolder()

    private static let promotion = [
        "aggregation=statistical", "adversary.attack=promotion", "adversary.share=0.1",
        "algorithm.rounds=12", "privacy.epsilon=60",
    ]

    @Test func `a pushed item is shown to many more people, and the report says so`() async throws {
        let result = try await folder.run("run", Self.promotion)
        let effect = try #require(result.adversary)
        #expect(effect.devices == 12)
        let (with, without) = (
            try #require(effect.exposure), try #require(effect.exposureWithout)
        )
        // Of 60 items 10 are shown.
        #expect(with.people > 60 && with.share > without.share + 0.3)
        #expect(effect.qualityWithout?.people == result.quality.private?.people)
        let report = String(decoding: try folder.content("run", "report.html"), as: UTF8.self)
        #expect(report.contains("\(with.shown) of \(with.people)"))
        #expect(try folder.findings("run").isEmpty)
    }

    @Test(arguments: ["real", "statistical"])
    func `sums of groups are charged once, and an outsider finds the ledger in order`(
        aggregation: String
    ) async throws {
        let settings = ["defence.rule=median", "defence.groups=4", "faults.dropout=0.1"]
        let result = try await folder.run(
            "groups", settings + ["aggregation=\(aggregation)"])
        let rounds = try folder.metrics("groups")
        #expect(rounds.allSatisfy { $0.groups?.groups.count == 4 })
        #expect(result.epsilon.coordinator <= 20 * (1 + 1e-9) && result.epsilon.coordinator > 15)
        #expect(try folder.findings("groups").isEmpty)
        guard aggregation == "real" else { return }
        try await folder.run("ideal", settings + ["aggregation=ideal"])
        #expect(
            try folder.content("groups", "metrics.jsonl")
                == folder.content("ideal", "metrics.jsonl"))
    }

    @Test func `opposite contributions cost quality`() async throws {
        let settings = [
            "aggregation=statistical", "adversary.attack=sign-flip", "adversary.share=0.4",
            "algorithm.rounds=20", "privacy.epsilon=100",
        ]
        let result = try await folder.run("run", settings)
        let (with, without) = (
            try #require(result.quality.private), try #require(result.adversary?.qualityWithout)
        )
        #expect(with.sampled.ndcg < without.sampled.ndcg)
        #expect(result.adversary?.exposure == nil)
    }
}
