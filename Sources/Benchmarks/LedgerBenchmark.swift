import ArgumentParser
import DifferentialPrivacy
import Foundation
import PrivacyLedger
import PrivateAggregation
import Sodium

/// Verification of a long ledger.
struct LedgerBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger", abstract: "Verification of a ledger of 100,000 entries.")

    @Option(help: "The number of rounds; each has three entries and a checkpoint.")
    var rounds = 33_333

    @Flag(help: "Devices flip coins, so that observers' epsilon has amplification.")
    var coins = false

    func run() throws {
        let path = NSTemporaryDirectory() + "covey-ledger-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write(to: path)
        let bytes = try Data(contentsOf: URL(filePath: path))
        let limit = Stopwatch.best(of: 3) { _ = SHA256.hash([UInt8](bytes)) }
        report("SHA-256 of its \(bytes.count / 1000) kB", limit)
        let start = ContinuousClock.now
        let verification = try LedgerVerification(path: path)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        report("verify \(verification.entries.count) entries", seconds, limit: limit, of: "hash")
        print("  \(verification.findings.count) findings")
    }

    private func write(to path: String) throws {
        let key = try SigningKey(seed: SecretBytes([UInt8](repeating: 7, count: 32)))
        let target = PrivacyTarget(
            budget: try PrivacyBudget(epsilon: 1000, delta: 1e-6), against: .coordinator)
        let policy = CohortPolicy(
            selection: coins ? .coins(rate: 0.01) : .rotation(size: 100), toleratedDropout: 0.1,
            colludingShare: 0.01)
        var ledger = try PrivacyLedger(
            creating: path,
            opening: LedgerOpening(
                origin: "benchmark", publicKey: key.publicKey, randomness: .operatingSystem,
                neighbouring: policy.neighbouring, target: target), key: key, time: 0)
        let task = LedgerTask(
            name: "training", purpose: "benchmark", rounds: rounds, population: 10_000,
            policy: policy, target: target)
        try ledger.record(.task(task), time: 0)
        let sum = try PrivateSumPlan(
            dimension: 10_000, clippingNorm: 1, rho: 1e-3, cohortSize: 100,
            minimumSurvivors: policy.minimumSurvivors(of: 100),
            colluding: policy.colluding(of: 100))
        var account = PopulationAccount(
            delta: target.budget.delta, neighbouring: policy.neighbouring)
        account.open(task: task.name, population: task.population, policy: policy)
        for round in 0..<rounds {
            let survivors = 91 + round % 10
            let rho = try sum.achievedNoise(survivors: survivors).rho
            account.begin(task: task.name)
            try account.charge(task: task.name, rho: rho, noise: sum.noise)
            let model = SHA256.hash(Array("\(round)".utf8))
            try ledger.record(
                .plan(
                    RoundPlan(
                        task: task.name, round: round, query: "gradient",
                        session: SHA256.hash(Array("session \(round)".utf8)), aggregation: .real,
                        cohort: model,
                        modelBefore: round == 0 ? [] : SHA256.hash(Array("\(round - 1)".utf8)),
                        sum: sum)),
                .charge(
                    RoundCharge(
                        task: task.name, round: round, survivors: [100, 100, survivors],
                        rho: rho, spent: try account.spent)),
                .outcome(
                    RoundOutcome(
                        task: task.name, round: round,
                        result: .completed(
                            contributors: survivors,
                            noiseStandardDeviation: sum.sumStandardDeviation(survivors: survivors),
                            modelAfter: model))), time: Int64(round))
            try ledger.sign()
        }
    }
}
