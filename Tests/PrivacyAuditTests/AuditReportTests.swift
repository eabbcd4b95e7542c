import DifferentialPrivacy
import Foundation
import PrivacyAudit
import PrivacyLedger
import PrivateAggregation
import Sodium
import Testing

@Suite struct AuditReportTests {
    private let policy = CohortPolicy(
        selection: .everyone, toleratedDropout: 0.1, colludingShare: 0.05)

    /// A training of two rounds and a count of one, on one ledger.
    private func report(
        statements: [LedgerStatement] = [], understating: Bool = false
    ) throws -> AuditReport {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let key = try SigningKey(seed: SecretBytes([UInt8](repeating: 5, count: 32)))
        let target = PrivacyTarget(
            budget: try PrivacyBudget(epsilon: 3, delta: 1e-6), against: .coordinator)
        var ledger = try PrivacyLedger(
            creating: path,
            opening: LedgerOpening(
                origin: "shop.example", publicKey: key.publicKey, randomness: .operatingSystem,
                neighbouring: .addOrRemoveOne, target: target), key: key, time: 0)
        var account = PopulationAccount(delta: 1e-6, neighbouring: .addOrRemoveOne)
        let sum = try PrivateSumPlan(
            dimension: 50, clippingNorm: 1, rho: 0.02, cohortSize: 30, minimumSurvivors: 27,
            colluding: 2)
        for (name, rounds) in [("training", 2), ("counts", 1)] {
            try ledger.record(
                .task(
                    LedgerTask(
                        name: name, purpose: "recommend", rounds: rounds, population: 30,
                        policy: policy, target: target)), time: 1)
            account.open(task: name, population: 30, policy: policy)
            for round in 0..<rounds {
                let rho = try sum.achievedNoise(survivors: 28).rho
                account.begin(task: name)
                try account.charge(task: name, rho: rho, noise: sum.noise)
                let model = SHA256.hash(Array("\(name) \(round)".utf8))
                try ledger.record(
                    .plan(
                        RoundPlan(
                            task: name, round: round, query: "gradient", session: model,
                            aggregation: .real, cohort: model,
                            modelBefore: round == 0
                                ? [] : SHA256.hash(Array("\(name) \(round - 1)".utf8)),
                            sum: sum)),
                    .charge(
                        RoundCharge(
                            task: name, round: round, survivors: [30, 30, 28],
                            rho: understating ? rho / 2 : rho, spent: try account.spent)),
                    .outcome(
                        RoundOutcome(
                            task: name, round: round,
                            result: .completed(
                                contributors: 28,
                                noiseStandardDeviation: sum.sumStandardDeviation(survivors: 28),
                                modelAfter: model))), time: 2)
            }
        }
        for statement in statements { try ledger.record(.statement(statement), time: 3) }
        try ledger.sign()
        return try AuditReport(try LedgerVerification(path: path))
    }

    @Test func `every question is answered, or marked as missing`() throws {
        let report = try report()
        #expect(report.findings == [])
        #expect(report.disclosures.map(\.topic) == Disclosure.Topic.allCases)
        #expect(report.disclosures.count == 18)
        for disclosure in report.disclosures {
            #expect(disclosure.answers.isEmpty == (disclosure.source == .missing))
        }
        let missing = report.disclosures.filter { $0.source == .missing }.map(\.topic)
        #expect(missing == [.retention, .auditResults, .utility])
        let declared = try self.report(
            statements: [
                .init(topic: .retention, text: "A week."), .init(topic: .audit, text: "1.9"),
            ])
        let retention = try #require(declared.disclosures.first { $0.topic == .retention })
        #expect(retention.source == .declared && retention.answers[0].contains("A week."))
    }

    @Test func `tasks add up to what all of them spent`() throws {
        let report = try report()
        let parts = try report.tasks.map { try #require($0.coordinator.promised.upper) }
        let all = try #require(report.coordinator.promised.upper)
        #expect(parts.count == 2 && parts[0] > parts[1])
        #expect(all > parts[0] && all < parts[0] + parts[1])
        let recorded = try #require(report.recorded)
        #expect(abs(recorded.epsilonCoordinator - all) < 1e-6 * all)
        #expect(report.coordinator.points.map(\.delta) == report.observer.points.map(\.delta))
        let uppers = report.coordinator.points.compactMap(\.upper)
        #expect(uppers.count == 8 && uppers == uppers.sorted())
        #expect(report.coordinator.promised.lower < all)
        let deltas = report.coordinator.curve.map(\.delta)
        #expect(deltas == deltas.sorted(by: >))
    }

    @Test func `the same ledger gives the same bytes`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        #expect(try encoder.encode(report()) == encoder.encode(report()))
    }

    @Test func `violations are listed`() throws {
        let report = try report(understating: true)
        #expect(!report.findings.isEmpty)
        let violations = try #require(report.disclosures.first { $0.topic == .violations })
        #expect(violations.answers.contains { $0.contains("noise at entry 3") })
    }
}
