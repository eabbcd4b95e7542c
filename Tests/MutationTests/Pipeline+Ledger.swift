import DifferentialPrivacy
import PrivateAggregation
import Sodium

@testable import PrivacyLedger

/// The ledger of the rounds, and what its readers find.
extension Pipeline {
    static let task = "training"

    private var key: SigningKey {
        get throws { try SigningKey(seed: SecretBytes([UInt8](repeating: 7, count: 32))) }
    }

    private func name() throws -> VerificationKey {
        try VerificationKey(name: "shop.example/recommender", key: try key.publicKey)
    }

    /// The relation under which the ledger states epsilon.
    private var neighbouring: NeighbouringRelation {
        fault == .additionRecordedForFixedCohort ? .addOrRemoveOne : policy.neighbouring
    }

    private func target() throws -> PrivacyTarget {
        let epsilon = fault == .budgetExceeded ? 15.0 : 100
        return PrivacyTarget(
            budget: try PrivacyBudget(epsilon: epsilon, delta: Self.delta),
            against: .coordinator)
    }

    private func model(after round: Int) -> [UInt8] { SHA256.hash(Array("model \(round)".utf8)) }

    private func identity(_ device: Int) -> [UInt8] { SHA256.hash(Array("\(device)".utf8)) }

    /// The commitment to the cohort of a round.
    private func commitment(_ round: Int) throws -> CohortCommitment {
        try CohortCommitment(
            identities: (0..<Self.cohortSize).map { identity($0) },
            secret: SecretBytes([UInt8](repeating: UInt8(round), count: 32)))
    }

    /// The round as the devices are told.
    private func announced(_ round: Int) throws -> RoundPlan {
        let cohort = fault == .cohortOfAnotherRound ? 0 : round
        let isChanged = fault == .modelChangedBetweenRounds && round == 1
        return RoundPlan(
            task: Self.task, round: round, query: "gradient", session: session(round),
            // No mask is left in a sum: what is tested here is the same either way.
            aggregation: fault == .aggregationWithoutMasks ? .ideal : .real,
            cohort: try commitment(cohort).root,
            modelBefore: model(after: isChanged ? 99 : round - 1), sum: plan)
    }

    private var opening: LedgerOpening {
        get throws {
            LedgerOpening(
                origin: try name().name, publicKey: try key.publicKey,
                randomness: .operatingSystem, neighbouring: neighbouring, target: try target())
        }
    }

    private func announcedTask() throws -> LedgerTask {
        LedgerTask(
            name: Self.task, purpose: "recommend",
            rounds: Self.rounds - (fault == .oneMoreRoundThanAnnounced ? 1 : 0),
            population: population, policy: policy, target: try target(),
            model: model(after: -1))
    }

    /// What the owner writes down, with everything that is wrong in it.
    func contents() throws -> [LedgerEntry.Content] {
        var contents: [LedgerEntry.Content] = [
            .opening(try opening), .task(try announcedTask()),
        ]
        var account = makeAccount(delta: Self.delta)
        var loose = makeAccount(delta: 1e-3)
        for round in 0..<Self.rounds {
            var plan = try announced(round)
            plan.sum = recordedPlan
            let charge = try charge(round, account: &account, loose: &loose)
            let outcome = outcome(round)
            contents.append(.plan(plan))
            switch fault {
            case .chargeAfterRelease: contents += [.outcome(outcome), .charge(charge)]
            case .lastRoundNotCharged where round == Self.rounds - 1:
                contents.append(.outcome(outcome))
            case .roundChargedTwice:
                contents += [.charge(charge), .charge(charge), .outcome(outcome)]
            case .twoReleasesOfARound:
                contents += [.charge(charge), .outcome(outcome), .outcome(outcome)]
            default: contents += [.charge(charge), .outcome(outcome)]
            }
        }
        return contents
    }

    private func makeAccount(delta: Double) -> PopulationAccount {
        var account = PopulationAccount(delta: delta, neighbouring: neighbouring)
        account.open(task: Self.task, population: population, policy: policy)
        return account
    }

    private func charge(
        _ round: Int, account: inout PopulationAccount, loose: inout PopulationAccount
    ) throws -> RoundCharge {
        let survivors = fault == .survivorsOverstated ? Self.cohortSize : Self.canaries
        var rho = try recordedPlan.achievedNoise(survivors: survivors).rho
        if fault == .rhoHalved { rho /= 2 }
        if fault == .epsilonOfTheLastRound { account = makeAccount(delta: Self.delta) }
        account.begin(task: Self.task)
        loose.begin(task: Self.task)
        try account.charge(task: Self.task, rho: rho, noise: recordedPlan.noise)
        try loose.charge(task: Self.task, rho: rho, noise: recordedPlan.noise)
        var spent = try account.spent
        if fault == .epsilonAtAnotherDelta {
            spent = try loose.spent
            spent.delta = Self.delta
        }
        return RoundCharge(
            task: Self.task, round: round, survivors: [Self.cohortSize, survivors], rho: rho,
            spent: spent)
    }

    private func outcome(_ round: Int) -> RoundOutcome {
        let counted =
            fault == .noiseOfAllThatWereInvited ? Self.cohortSize : Self.canaries
        return RoundOutcome(
            task: Self.task, round: round,
            result: .completed(
                contributors: Self.canaries,
                noiseStandardDeviation: recordedPlan.sumStandardDeviation(survivors: counted),
                modelAfter: model(after: round)))
    }

    /// What verification finds in the file of these entries, signed as a whole.
    func ledgerFindings(_ contents: [LedgerEntry.Content]) throws -> [LedgerFinding] {
        let (file, _) = try file(contents)
        return try LedgerVerification(bytes: file, evidence: .init(key: try name())).findings
    }

    private func file(
        _ contents: [LedgerEntry.Content]
    ) throws -> (bytes: [UInt8], tree: MerkleTree) {
        var file = LedgerRecord.header
        var checksum = LedgerRecord.first
        var tree = MerkleTree(.sha256)
        func append(_ kind: LedgerRecord.Kind, _ payload: [UInt8]) {
            let record = LedgerRecord(kind, payload, at: file.count, after: checksum)
            file += record.bytes(after: checksum)
            checksum = record.checksum
        }
        for (time, content) in contents.enumerated() {
            let payload = try LedgerEntry(time: Int64(time), content: content).encoded
            tree.append(payload)
            append(.entry, payload)
        }
        let checkpoint = try Checkpoint(
            origin: try name().name, size: tree.count, root: tree.root, fileChecksum: checksum,
            key: try key)
        append(.checkpoint, Array(checkpoint.note.string.utf8))
        return (file, tree)
    }

    /// A device that was in every round: whether it refuses one, or finds another in the ledger.
    func deviceAlarms(_ contents: [LedgerEntry.Content]) throws -> Set<Alarm> {
        let cap = try PrivacyBudget(
            epsilon: try target().budget.epsilon, delta: Self.delta)
        var record = try DeviceRecord(opening: opening, cap: cap)
        do {
            for round in 0..<Self.rounds {
                let membership = try commitment(round).membership(of: identity(0))
                guard let membership else { throw DeviceRefusal.notInvited }
                try record.join(
                    try announced(round), of: announcedTask(), membership: membership,
                    identity: identity(0))
            }
            try checkLedger(contents, record)
        } catch is DeviceRefusal { return [.device] }
        return []
    }

    private func checkLedger(
        _ contents: [LedgerEntry.Content], _ record: DeviceRecord
    ) throws {
        var record = record
        let (file, tree) = try file(contents)
        let verification = try LedgerVerification(bytes: file)
        guard let checkpoint = verification.checkpoint else { throw DeviceRefusal.notSigned }
        try record.observe(checkpoint, consistency: [])
        for (index, entry) in verification.entries.enumerated() {
            guard case .plan(let plan) = entry.content else { continue }
            let inclusion = LedgerInclusion(
                entry: try entry.encoded, index: index, path: tree.path(to: index))
            try record.check(try announced(plan.round), at: inclusion)
        }
    }
}
