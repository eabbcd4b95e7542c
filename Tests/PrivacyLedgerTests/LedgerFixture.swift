import DifferentialPrivacy
import Foundation
import PrivateAggregation
import Sodium

@testable import PrivacyLedger

/// A ledger of two tasks, as an honest owner would write it, and ways to write it dishonestly.
struct LedgerFixture {
    let key: SigningKey
    let target: PrivacyTarget
    let policy = CohortPolicy(
        selection: .rotation(size: 20), toleratedDropout: 0.1, colludingShare: 0.05)
    var randomness = LedgerOpening.Randomness.operatingSystem
    /// The rounds of the training, of which each is recorded.
    var rounds = 4

    init() throws {
        key = try SigningKey(seed: SecretBytes([UInt8](repeating: 7, count: 32)))
        target = PrivacyTarget(
            budget: try PrivacyBudget(epsilon: 3, delta: 1e-6), against: .coordinator)
    }

    var name: VerificationKey {
        get throws { try VerificationKey(name: "shop.example/recommender", key: key.publicKey) }
    }

    var opening: LedgerOpening {
        LedgerOpening(
            origin: "shop.example/recommender", publicKey: key.publicKey, randomness: randomness,
            neighbouring: .zeroOutOne, target: target)
    }

    func task(_ name: String, rounds: Int) -> LedgerTask {
        LedgerTask(
            name: name, purpose: "recommend", rounds: rounds, population: 40, policy: policy,
            target: target, model: model(name, -1))
    }

    func model(_ task: String, _ round: Int) -> [UInt8] {
        SHA256.hash(Array("model \(task) \(round)".utf8))
    }

    /// The identities of a round's cohort.
    func commitment(_ round: Int) throws -> CohortCommitment {
        try CohortCommitment(
            identities: (0..<20).map { SHA256.hash([UInt8($0 + 20 * (round % 2))]) },
            secret: SecretBytes([UInt8](repeating: UInt8(round), count: 32)))
    }

    func sum(_ rho: Double = 0.02) throws -> PrivateSumPlan {
        try PrivateSumPlan(
            dimension: 100, clippingNorm: 1, rho: rho, cohortSize: 20,
            minimumSurvivors: policy.minimumSurvivors(of: 20), colluding: policy.colluding(of: 20))
    }

    /// The entries of an honest ledger, in order.
    func contents() throws -> [LedgerEntry.Content] {
        var contents: [LedgerEntry.Content] = [.opening(opening)]
        var account = PopulationAccount(
            delta: target.budget.delta, neighbouring: opening.neighbouring)
        for (name, rounds) in [("training", rounds), ("popularity", 1)] {
            let task = task(name, rounds: rounds)
            contents.append(.task(task))
            account.open(task: name, population: task.population, policy: policy)
            for round in 0..<rounds {
                contents += try self.round(round, of: task, account: &account)
            }
        }
        return contents + [.statement(LedgerStatement(topic: .retention, text: "30 days"))]
    }

    private func round(
        _ round: Int, of task: LedgerTask, account: inout PopulationAccount
    ) throws -> [LedgerEntry.Content] {
        let sum = try sum()
        let survivors = 20 - round % 3
        let rho = try sum.achievedNoise(survivors: survivors).rho
        account.begin(task: task.name)
        try account.charge(task: task.name, rho: rho, noise: sum.noise)
        return [
            .plan(
                RoundPlan(
                    task: task.name, round: round, query: "gradient",
                    session: SHA256.hash(Array("\(task.name) \(round)".utf8)), aggregation: .real,
                    cohort: try commitment(round).root, modelBefore: model(task.name, round - 1),
                    sum: sum)),
            .charge(
                RoundCharge(
                    task: task.name, round: round, survivors: [20, 20, survivors], rho: rho,
                    spent: try account.spent)),
            .outcome(
                RoundOutcome(
                    task: task.name, round: round,
                    result: .completed(
                        contributors: survivors,
                        noiseStandardDeviation: sum.sumStandardDeviation(survivors: survivors),
                        modelAfter: model(task.name, round)))),
        ]
    }

    /// The file of these entries, properly signed: what a dishonest owner can make of any entries.
    /// A checkpoint follows every outcome and the end.
    func file(
        _ contents: [LedgerEntry.Content], time: (Int) -> Int64 = { Int64($0) }
    ) throws -> [UInt8] {
        try file(
            payloads: contents.enumerated().map {
                (isSigned($1), try LedgerEntry(time: time($0), content: $1).encoded)
            })
    }

    private func isSigned(_ content: LedgerEntry.Content) -> Bool {
        switch content {
        case .outcome, .statement: true
        default: false
        }
    }

    private func file(payloads: [(isSigned: Bool, bytes: [UInt8])]) throws -> [UInt8] {
        var file = LedgerRecord.header
        var checksum = LedgerRecord.first
        var tree = MerkleTree(.sha256)
        func append(_ kind: LedgerRecord.Kind, _ payload: [UInt8]) {
            let record = LedgerRecord(kind, payload, at: file.count, after: checksum)
            file += record.bytes(after: checksum)
            checksum = record.checksum
        }
        for payload in payloads {
            tree.append(payload.bytes)
            append(.entry, payload.bytes)
            guard payload.isSigned else { continue }
            let checkpoint = try Checkpoint(
                origin: opening.origin, size: tree.count, root: tree.root, fileChecksum: checksum,
                key: key)
            append(.checkpoint, Array(checkpoint.note.string.utf8))
        }
        return file
    }

    /// A file with checks of these records: what anybody can make of a file.
    static func file(
        _ records: [(kind: LedgerRecord.Kind, payload: [UInt8], end: Int)]
    ) -> [UInt8] {
        var file = LedgerRecord.header
        var checksum = LedgerRecord.first
        for (kind, payload, _) in records {
            let record = LedgerRecord(kind, payload, at: file.count, after: checksum)
            file += record.bytes(after: checksum)
            checksum = record.checksum
        }
        return file
    }
}

/// A folder that goes away with the test.
final class TemporaryFolder {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }
}
