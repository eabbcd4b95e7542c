internal import DifferentialPrivacy
package import FederatedProtocol
internal import Foundation
package import PrivacyLedger
internal import PrivateAggregation
package import Recommender
package import SecureAggregation
package import Sodium

/// A coordinator with its ledger and the enrolled devices, for whole rounds in memory.
package struct RoundWorld: Sendable {
    /// By number in the roster.
    package let identities: [SigningKey]
    package let roster: Roster
    package let opening: LedgerOpening
    package let task: LedgerTask
    package let training: TrainingPlan
    package var ledger: PrivacyLedger
    package let aggregation: AggregationFidelity
    package let ledgerKey: SigningKey
    private let seed: UInt64

    private let policy: CohortPolicy

    /// - Parameters:
    ///   - devices: The number of devices, all of which are invited to every round.
    ///   - path: Where the ledger is kept; there is nothing yet.
    ///   - queries: One a round.
    ///   - epsilon: What all rounds together spend.
    ///   - announcedRounds: What the ledger says of the number of rounds.
    ///   - selection: What it says of the invitations.
    ///   - population: What it says of the number of devices.
    package init(
        devices: Int, ledger path: String, queries: [SumQuery], epsilon: Double = 20,
        aggregation: AggregationFidelity = .real, announcedRounds: Int? = nil,
        selection: CohortPolicy.Selection = .everyone, population: Int? = nil, seed: UInt64 = 1
    ) throws {
        let population = population ?? devices
        policy = CohortPolicy(
            selection: selection, toleratedDropout: 0.3, colludingShare: 0.1)
        identities = try (0..<devices).map { number in
            var randomness = SeededRandomness(seed: seed, label: "identity", "\(number)")
            return try SigningKey(seed: SecretBytes(count: 32, from: &randomness))
        }.sorted { $0.publicKey.lexicographicallyPrecedes($1.publicKey) }
        roster = try Roster(identities.map(\.publicKey))
        let target = PrivacyTarget(
            budget: try PrivacyBudget(epsilon: epsilon, delta: 1e-6), against: .coordinator)
        ledgerKey = try SigningKey(seed: SecretBytes([UInt8](repeating: 7, count: 32)))
        opening = LedgerOpening(
            origin: "shop.example/recommender", publicKey: ledgerKey.publicKey,
            randomness: .operatingSystem, neighbouring: policy.neighbouring, target: target)
        task = LedgerTask(
            name: "training", purpose: "recommend", rounds: announcedRounds ?? queries.count,
            population: population, policy: policy, target: target)
        training = try TrainingPlan(
            queries: queries, population: population, policy: policy, target: target)
        ledger = try PrivacyLedger(
            creating: path, opening: opening, key: ledgerKey, time: 0)
        try ledger.record(.task(task), time: 1)
        self.aggregation = aggregation
        self.seed = seed
    }

    /// Plans a round, writes it down and opens its session.
    package mutating func open(_ round: Int) throws -> RoundInMemory {
        var randomness = SeededRandomness(seed: seed, label: "round", "\(round)")
        var session = [UInt8](repeating: 0, count: 32)
        randomness.fill(&session)
        let commitment = try CohortCommitment(
            identities: identities.map(\.publicKey),
            secret: SecretBytes(count: 32, from: &randomness))
        let query = training.queries[round]
        let sum = try training.sumPlan(round: round, query: query, invited: identities.count)
        let plan = RoundPlan(
            task: task.name, round: round, query: query.name, session: session,
            aggregation: aggregation, cohort: commitment.root, modelBefore: [], sum: sum)
        try ledger.record(.plan(plan), time: 2)
        let checkpoint = try ledger.sign()
        let place = ledger.entries.firstIndex { $0.content == .plan(plan) }
        guard let task = try ledger.inclusion(of: 1),
            let announced = try place.flatMap({ place throws in try ledger.inclusion(of: place) })
        else { throw CocoaError(.fileReadUnknown) }
        let parameters = try training.aggregationParameters(
            of: sum, round: round, session: session, rosterRoot: roster.root)
        return RoundInMemory(
            plan: plan, parameters: parameters, roster: roster, identities: identities,
            commitment: commitment, checkpoint: checkpoint, task: task, announced: announced,
            coordinator: try AggregationCoordinator(parameters: parameters, roster: roster))
    }

    /// The proof that the ledger continues what a device saw.
    package func consistency(from size: Int?) -> [[UInt8]] {
        size.flatMap { ledger.consistency(from: $0) } ?? []
    }

    /// What the devices of this world insist on.
    package var terms: DeviceTerms {
        DeviceTerms(minimumSurvivors: 3, corruptShare: policy.colludingShare)
    }

    /// An account without participations.
    package func record(cap: Double = 100) throws -> DeviceRecord {
        try DeviceRecord(opening: opening, cap: try PrivacyBudget(epsilon: cap, delta: 1e-6))
    }
}

/// A folder that goes away with the last reference.
package final class ScratchFolder: Sendable {
    private let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    package init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    package func path(_ name: String) -> String { url.appending(path: name).path }
}
