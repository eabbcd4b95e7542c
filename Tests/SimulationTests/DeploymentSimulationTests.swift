import Foundation
import PrivacyLedger
import Testing

@testable import Simulation

/// Whole trainings in virtual time.
@Suite struct DeploymentSimulationTests {
    private let folder = SimulationFolder()

    private static func settings(_ model: String) -> [String] {
        [
            "time.model=\(model)", "cohort.selection=limited", "cohort.size=30",
            "cohort.participations=6", "aggregation=statistical", "phones.crash=0.05",
        ]
    }

    @Test(arguments: ["synchronous", "asynchronous"])
    func `a deployment takes time, is charged round by round and ends within its budget`(
        model: String
    ) async throws {
        let result = try await folder.run("run", Self.settings(model))
        let cost = try #require(result.deployment)
        #expect(cost.rounds == 8 && cost.days > 0)
        #expect(cost.phones.bytesUp.mean > 0 && cost.phones.milliampereHours.largest > 0)
        #expect(cost.server.peakConnections >= 12)
        let times = try folder.metrics("run").compactMap(\.time)
        #expect(times.count == 8)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0.ended <= $1.ended })
        #expect(result.epsilon.coordinator <= 20 * (1 + 1e-9))
        #expect(try folder.findings("run").isEmpty)
    }

    @Test
    func `losses in time reach the real protocol, which gives the same integers as ideal sums`()
        async throws
    {
        for aggregation in ["real", "ideal"] {
            try await folder.run(
                aggregation, Self.settings("synchronous") + ["aggregation=\(aggregation)"])
        }
        let rounds = try folder.metrics("real")
        #expect(rounds.contains { $0.survivors[3] < $0.invited })
        #expect(
            try folder.content("real", "metrics.jsonl") == folder.content("ideal", "metrics.jsonl"))
        #expect(try folder.content("real", "model.covey") == folder.content("ideal", "model.covey"))
    }

    @Test(arguments: ["synchronous", "asynchronous"])
    func `an interrupted deployment goes on to the bytes of an uninterrupted one`(
        model: String
    ) async throws {
        try await folder.run("whole", Self.settings(model))
        let interruption = Interruption()
        let stopped = try await folder.run(
            "stopped", Self.settings(model), interruption: interruption
        ) { event in
            if case .step(let round, _, _, _, let done, let total) = event, round == 5,
                done == total
            {
                interruption.request()
            }
        }
        #expect(stopped.status == .interrupted && stopped.rounds.done > 2)
        try await folder.run("stopped", Self.settings(model), resuming: true)
        for file in ["metrics.jsonl", "ledger.covey", "model.covey"] {
            #expect(try folder.content("stopped", file) == folder.content("whole", file))
        }
    }

    @Test
    func `devices train on older models in asynchronous rounds, and on the last one otherwise`()
        async throws
    {
        try await folder.run(
            "asynchronous",
            Self.settings("asynchronous") + ["cohort.size=10", "time.concurrency=80"])
        let staleness = try folder.metrics("asynchronous").compactMap(\.time?.staleness)
        #expect(staleness.contains { $0 > 0 })
        try await folder.run("synchronous", Self.settings("synchronous"))
        #expect(try folder.metrics("synchronous").allSatisfy { $0.time?.staleness == 0 })
    }

    @Test func `coins make cohorts of any size, whose sums have what their own size needs`()
        async throws
    {
        let result = try await folder.run(
            "coins",
            [
                "time.model=synchronous", "cohort.selection=coins", "cohort.rate=0.4",
                "cohort.spareRounds=3", "aggregation=statistical",
            ])
        #expect(result.status == .finished)
        #expect(Set(try folder.metrics("coins").map(\.invited)).count > 1)
        #expect(try folder.findings("coins").isEmpty)
    }

    @Test func `what does not go together is said before anything is written`() async throws {
        #expect {
            try Scenario(
                yaml: "", source: "test",
                overrides: ["time.model=asynchronous", "algorithm.name=co-occurrence"])
        } throws: {
            "\($0)".contains("build on each other")
        }
        await #expect {
            try await folder.run("none", Self.settings("synchronous") + ["cohort.participations=1"])
        } throws: {
            "\($0)".contains("raise cohort.participations to 2")
        }
        await #expect {
            try await folder.run("none", ["defence.rule=median", "defence.groups=100"])
        } throws: {
            "\($0)".contains("leaves 1 of 120 devices to a group")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("none")))
    }
}
