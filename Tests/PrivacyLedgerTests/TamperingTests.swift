import DifferentialPrivacy
import Foundation
import PrivateAggregation
import Sodium
import Testing

@testable import PrivacyLedger

/// What anybody can do to a file, and what its dishonest owner can sign.
@Suite struct TamperingTests {
    let fixture: LedgerFixture
    let contents: [LedgerEntry.Content]
    let file: [UInt8]

    init() throws {
        fixture = try LedgerFixture()
        contents = try fixture.contents()
        file = try fixture.file(contents)
    }

    private var records: [(kind: LedgerRecord.Kind, payload: [UInt8], end: Int)] {
        get throws { try LedgerScan(bytes: file).records.map { ($0.kind, $0.payload, $0.end) } }
    }

    private func evidence() throws -> LedgerVerification.Evidence {
        let head = try #require(try LedgerVerification(bytes: file).checkpoint)
        return .init(key: try fixture.name, checkpoints: [head])
    }

    /// Expects a finding of a kind at an entry, in a ledger that its owner signed.
    private func expect(
        _ kind: LedgerFinding.Kind, at entry: Int, in contents: [LedgerEntry.Content],
        time: (Int) -> Int64 = { Int64($0) }, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let verification = try LedgerVerification(bytes: fixture.file(contents, time: time))
        #expect(
            verification.findings.contains { $0.kind == kind && $0.entry == entry },
            "\(verification.findings)", sourceLocation: sourceLocation)
    }

    /// The honest entries, with one changed.
    private func changing<Entry>(
        _ index: Int, _ change: (inout Entry) -> Void
    ) throws -> [LedgerEntry.Content] {
        var contents = contents
        func changed(_ entry: Any) throws -> Entry {
            var entry = try #require(entry as? Entry)
            change(&entry)
            return entry
        }
        switch contents[index] {
        case .opening(let entry):
            contents[index] = .opening(try #require(changed(entry) as? LedgerOpening))
        case .task(let entry): contents[index] = .task(try #require(changed(entry) as? LedgerTask))
        case .plan(let entry): contents[index] = .plan(try #require(changed(entry) as? RoundPlan))
        case .charge(let entry):
            contents[index] = .charge(try #require(changed(entry) as? RoundCharge))
        case .outcome(let entry):
            contents[index] = .outcome(try #require(changed(entry) as? RoundOutcome))
        case .statement: break
        }
        return contents
    }

    @Test func `an honest ledger has no finding`() throws {
        #expect(try LedgerVerification(bytes: file, evidence: evidence()).findings == [])
    }

    // Entries 0 opening, 1 task, then plan, charge and outcome of a round at 2, 3, 4; 5, 6, 7; ...

    @Test func `an edited entry is located`() throws {
        var records = try records
        let places = records.indices.filter { records[$0].kind == .entry }
        var entry = try LedgerEntry(decoding: records[places[6]].payload)
        guard case .charge(var charge) = entry.content else { return }
        charge.rho *= 0.9
        entry.content = .charge(charge)
        records[places[6]].payload = try entry.encoded
        let found = try LedgerVerification(
            bytes: LedgerFixture.file(records), evidence: evidence()
        ).findings
        #expect(found.contains { $0.kind == .checkpoint && $0.entry == 5 }, "\(found)")
        #expect(found.contains { $0.kind == .noise && $0.entry == 6 }, "\(found)")
        #expect(found.contains { $0.kind == .fork }, "\(found)")
    }

    @Test func `cutting, reordering and repeating records is found`() throws {
        let evidence = try evidence()
        let records = try records
        // Back to an earlier checkpoint, which is a ledger in order: only others can tell.
        let earlier = records.indices.filter { records[$0].kind == .checkpoint }[2]
        let cut = LedgerFixture.file(Array(records[...earlier]))
        #expect(try LedgerVerification(bytes: cut).findings == [])
        let found = try LedgerVerification(bytes: cut, evidence: evidence).findings
        #expect(found.map(\.kind) == [.fork])
        #expect(found.first?.entry == 11)
        for index in records.indices.dropLast() {
            var (swapped, repeated, missing) = (records, records, records)
            swapped.swapAt(index, index + 1)
            repeated.insert(records[index], at: index)
            missing.remove(at: index)
            for changed in [swapped, repeated, missing] {
                let found = try LedgerVerification(
                    bytes: LedgerFixture.file(changed), evidence: evidence
                ).findings
                #expect(!found.isEmpty)
            }
        }
    }

    @Test func `another key is found`() throws {
        let other = try SigningKey(seed: SecretBytes([UInt8](repeating: 9, count: 32)))
        let evidence = try evidence()
        // Checkpoints signed anew, the opening as it was; then the opening as well.
        var records = try records
        for index in records.indices where records[index].kind == .checkpoint {
            let text = String(decoding: records[index].payload, as: UTF8.self)
            let old = try Checkpoint(text)
            let new = try Checkpoint(
                origin: old.origin, size: old.size, root: old.root,
                fileChecksum: old.fileChecksum, key: other)
            records[index].payload = Array(new.note.string.utf8)
        }
        let signed = try LedgerVerification(bytes: LedgerFixture.file(records)).findings
        #expect(signed.contains { $0.kind == .signature && $0.entry == 0 }, "\(signed)")
        var opening = fixture.opening
        opening.publicKey = other.publicKey
        var contents = contents
        contents[0] = .opening(opening)
        let found = try LedgerVerification(bytes: fixture.file(contents), evidence: evidence)
            .findings
        #expect(found.contains { $0.kind == .signature && $0.entry == 0 }, "\(found)")
    }

    @Test func `two histories are found by whoever saw the other one`() throws {
        var other = contents
        other[other.count - 1] = .statement(.init(topic: .retention, text: "for ever"))
        let found = try LedgerVerification(bytes: fixture.file(other), evidence: evidence())
            .findings
        #expect(found.map(\.kind) == [.fork])
        let witness = try VerificationKey(
            name: "watch", algorithm: .cosignature, key: fixture.key.publicKey)
        let unseen = try LedgerVerification(
            bytes: file, evidence: .init(witnesses: [witness])
        ).findings
        #expect(unseen.map(\.kind) == [.signature])
    }

    @Test func `noise that is understated is found`() throws {
        try expect(
            .noise, at: 3, in: changing(3) { (charge: inout RoundCharge) in charge.rho *= 0.5 })
        try expect(
            .encoding, at: 3, in: changing(3) { (charge: inout RoundCharge) in charge.rho = .nan })
        let weak = try fixture.sum(0.2)
        try expect(.noise, at: 3, in: changing(2) { (plan: inout RoundPlan) in plan.sum = weak })
        try expect(
            .noise, at: 4,
            in: changing(4) { (outcome: inout RoundOutcome) in
                outcome.result = .completed(
                    contributors: 20, noiseStandardDeviation: 1,
                    modelAfter: fixture.model("training", 0))
            })
    }

    @Test func `epsilons that are understated are found`() throws {
        try expect(
            .epsilon, at: 9,
            in: changing(9) { (charge: inout RoundCharge) in
                charge.spent.epsilonCoordinator *= 0.999
            })
        try expect(
            .epsilon, at: 9,
            in: changing(9) { (charge: inout RoundCharge) in charge.spent.epsilonObserver = 0 })
        try expect(
            .epsilon, at: 9,
            in: changing(9) { (charge: inout RoundCharge) in charge.spent.delta = 1e-3 })
        // A claim that devices take part less often than they are invited makes epsilon smaller.
        let rarely = try changing(1) { (task: inout LedgerTask) in task.population = 4000 }
        try expect(.epsilon, at: 9, in: rarely)
    }

    @Test func `missing, repeated and late entries are found`() throws {
        var missing = contents
        missing.remove(at: 3)
        try expect(.uncharged, at: 3, in: missing)
        var late = contents
        late.swapAt(3, 4)
        try expect(.uncharged, at: 3, in: late)
        var twice = contents
        twice.insert(contents[3], at: 4)
        try expect(.order, at: 4, in: twice)
        var skipped = contents
        skipped.removeSubrange(5..<8)
        try expect(.order, at: 5, in: skipped)
        try expect(.model, at: 5, in: skipped)
        var reopened = contents
        reopened.insert(contents[0], at: 5)
        try expect(.order, at: 5, in: reopened)
        try expect(.order, at: 0, in: Array(contents.dropFirst()))
        var unknown = contents
        unknown.remove(at: 1)
        try expect(.order, at: 1, in: unknown)
        var unfinished = contents
        unfinished.remove(at: 4)
        try expect(.order, at: 4, in: unfinished)
        try expect(.order, at: 11, in: changing(1) { (task: inout LedgerTask) in task.rounds = 3 })
    }

    @Test func `clocks, sessions, models and cohorts are checked`() throws {
        try expect(.clock, at: 6, in: contents) { $0 == 6 ? 2 : Int64($0) }
        guard case .plan(let first) = contents[2] else { return }
        try expect(
            .session, at: 5,
            in: changing(5) { (plan: inout RoundPlan) in plan.session = first.session })
        try expect(
            .model, at: 5, in: changing(5) { (plan: inout RoundPlan) in plan.modelBefore[0] ^= 1 })
        try expect(
            .aggregation, at: 5,
            in: changing(5) { (plan: inout RoundPlan) in plan.aggregation = .ideal })
        try expect(
            .cohort, at: 6,
            in: changing(6) { (charge: inout RoundCharge) in charge.survivors = [20, 21, 19] })
        try expect(
            .cohort, at: 6,
            in: changing(6) { (charge: inout RoundCharge) in charge.survivors = [20, 20, 17] })
        try expect(
            .cohort, at: 7,
            in: changing(7) { (outcome: inout RoundOutcome) in
                outcome.result = .completed(
                    contributors: 25, noiseStandardDeviation: 1, modelAfter: [])
            })
    }

    @Test func `cohorts below the promised minimum are found`() throws {
        let policy = CohortPolicy(
            selection: .rotation(size: 20), toleratedDropout: 0.05, colludingShare: 0.05)
        try expect(
            .cohort, at: 2, in: changing(1) { (task: inout LedgerTask) in task.policy = policy })
        let colluding = CohortPolicy(
            selection: .rotation(size: 20), toleratedDropout: 0.1, colludingShare: 0.3)
        try expect(
            .cohort, at: 2, in: changing(1) { (task: inout LedgerTask) in task.policy = colluding })
        let larger = CohortPolicy(
            selection: .rotation(size: 30), toleratedDropout: 0.1, colludingShare: 0.05)
        try expect(
            .cohort, at: 2, in: changing(1) { (task: inout LedgerTask) in task.policy = larger })
    }

    @Test func `budgets are kept, of each task and of all together`() throws {
        let spent = try #require(try LedgerVerification(bytes: file).spent)
        func target(_ epsilon: Double) throws -> PrivacyTarget {
            PrivacyTarget(
                budget: try PrivacyBudget(epsilon: epsilon, delta: 1e-6), against: .coordinator)
        }
        let short = try target(spent.epsilonCoordinator * 0.99)
        let last = try #require(contents.indices.last)
        try expect(
            .budget, at: last - 2,
            in: changing(0) { (opening: inout LedgerOpening) in opening.target = short })
        let tiny = try target(0.1)
        try expect(
            .budget, at: last - 2,
            in: changing(1) { (task: inout LedgerTask) in task.target = tiny })
        // Each task keeps within its own budget where both together do not.
        guard case .charge(let training) = contents[12] else { return }
        let each = try target(training.spent.epsilonCoordinator * 1.001)
        let both = try changing(0) { (opening: inout LedgerOpening) in opening.target = each }
        let found = try LedgerVerification(bytes: fixture.file(both)).findings
        #expect(found.map(\.kind) == [.budget], "\(found)")
    }

    @Test func `a file without an opening proves nothing`() throws {
        let key = try fixture.name
        let checkpoint = try records.filter { $0.kind == .checkpoint }
        for file in [LedgerRecord.header, LedgerFixture.file(checkpoint)] {
            for evidence in [LedgerVerification.Evidence(), .init(key: key)] {
                let found = try LedgerVerification(bytes: file, evidence: evidence).findings
                #expect(found.contains { $0.kind == .order && $0.entry == 0 })
            }
        }
        var opening = fixture.opening
        opening.origin = "bad name"
        let entry = LedgerEntry(time: 0, content: .opening(opening))
        let bad = LedgerFixture.file([(.entry, try entry.encoded, 0)])
        let found = try LedgerVerification(bytes: bad).findings
        #expect(found.contains { $0.kind == .encoding && $0.entry == 0 })
    }

    @Test func `a signature that was added to the head is found`() throws {
        var records = try records
        records[records.count - 1].payload += Array("\u{2014} evil AAAAAAA=\n".utf8)
        let found = try LedgerVerification(
            bytes: LedgerFixture.file(records), evidence: evidence()
        ).findings
        #expect(found.contains { $0.kind == .signature }, "\(found)")
    }

    /// Turns go round with abandoned rounds as well: the same half can be in every charged one.
    @Test func `abandoned rounds do not make participations rarer`() throws {
        var account = PopulationAccount(delta: 1e-6, neighbouring: .zeroOutOne)
        var honest = account
        let policy = fixture.policy
        for place in 0..<8 {
            if place == 0 {
                account.open(task: "training", population: 40, policy: policy)
                honest.open(task: "training", population: 40, policy: policy)
            }
            honest.begin(task: "training")
            account.begin(task: "training")
            if place % 2 == 0 {
                account.begin(task: "training")
                try account.charge(task: "training", rho: 0.02, noise: .discreteGaussian)
                try honest.charge(task: "training", rho: 0.02, noise: .discreteGaussian)
            }
        }
        let (abandoning, all) = (
            try account.spent.epsilonCoordinator, try honest.spent.epsilonCoordinator
        )
        var everyone = PopulationAccount(delta: 1e-6, neighbouring: .zeroOutOne)
        everyone.open(
            task: "training", population: 40,
            policy: CohortPolicy(selection: .everyone, toleratedDropout: 0, colludingShare: 0))
        for _ in 0..<4 {
            try everyone.charge(task: "training", rho: 0.02, noise: .discreteGaussian)
        }
        let whole = try everyone.spent.epsilonCoordinator
        #expect(abs(all - whole) < 1e-12 && abs(abandoning - whole) < 1e-12)
    }

    @Test func `figures at the edge are findings and no crashes`() throws {
        let late = try LedgerVerification(
            bytes: fixture.file(contents) { $0 == 3 ? .max : $0 == 4 ? .min : Int64($0) })
        #expect(late.findings.contains { $0.kind == .clock && $0.entry == 4 })
        let policies: [CohortPolicy.Selection] = [.rotation(size: 20), .coins(rate: 1), .everyone]
        for (population, selection) in [0, 1, 1 << 30, 1 << 62].flatMap({ population in
            policies.map { (population, $0) }
        }) {
            let policy = CohortPolicy(
                selection: selection, toleratedDropout: 0.1, colludingShare: 0.05)
            let odd = try changing(1) { (task: inout LedgerTask) in
                task.population = population
                task.policy = policy
                task.rounds = Int(UInt32.max)
            }
            #expect(try !LedgerVerification(bytes: fixture.file(odd)).findings.isEmpty)
        }
    }

    @Test func `more invitations than coins give out are found`() throws {
        let policy = CohortPolicy(
            selection: .coins(rate: 0.01), toleratedDropout: 0.1, colludingShare: 0.05)
        let often = try changing(1) { (task: inout LedgerTask) in
            task.population = 500
            task.policy = policy
        }
        let found = try LedgerVerification(bytes: fixture.file(often)).findings
        #expect(found.contains { $0.kind == .cohort && $0.message.contains("invitations") })
    }

    @Test func `noise that no device could draw is refused`() throws {
        let good = try fixture.sum()
        for (granularity, variance) in [
            (good.granularity, 1e300), (1e300, 1e14), (good.granularity, 1e-13),
            (good.granularity, 9.3), (1e-12, good.unitVariance), (.nan, good.unitVariance),
        ] {
            #expect(throws: PrivateSumError.self) {
                try PrivateSumPlan(
                    dimension: 100, sketchWidth: nil, clippingNorm: 1, granularity: granularity,
                    noise: .discreteGaussian, unitVariance: variance,
                    excessNoise: good.excessNoise, cohortSize: 20,
                    minimumSurvivors: good.minimumSurvivors, modulusBits: good.modulusBits)
            }
        }
    }

    /// Ten thousand random changes by somebody without the key, who can recompute every checksum.
    /// Each must be found, and no later than at the entry concerned.
    @Test func `no random change goes unnoticed`() throws {
        let evidence = try evidence()
        let original = try records
        var randomness = SeededRandomness(seed: 5, label: "mutations")
        var changes = 0
        while changes < 10_000 {
            var records = original
            let place = Int.random(in: 0..<records.count, using: &randomness)
            var bytes = file
            switch Int.random(in: 0..<8, using: &randomness) {
            case 0:
                bytes[Int.random(in: 0..<bytes.count, using: &randomness)] ^=
                    1 << UInt8.random(in: 0..<8, using: &randomness)
                if bytes.starts(with: LedgerRecord.header) == false { continue }
                records = []
            case 1:
                bytes = Array(bytes.prefix(Int.random(in: 16..<bytes.count, using: &randomness)))
                records = []
            case 2:
                let other = Int.random(in: 0..<records.count, using: &randomness)
                records[place] = original[other]
            case 3: records.remove(at: place)
            case 4:
                records.insert(original.randomElement(using: &randomness) ?? original[0], at: place)
            case 5:
                let byte = Int.random(in: 0..<records[place].payload.count, using: &randomness)
                records[place].payload.remove(at: byte)
            case 6:
                let byte = Int.random(in: 0...records[place].payload.count, using: &randomness)
                records[place].payload.insert(
                    UInt8.random(in: 0...255, using: &randomness), at: byte)
            default:
                let byte = Int.random(in: 0..<records[place].payload.count, using: &randomness)
                records[place].payload[byte] ^= 1 << UInt8.random(in: 0..<8, using: &randomness)
            }
            if !records.isEmpty { bytes = LedgerFixture.file(records) }
            guard bytes != file else { continue }
            changes += 1
            let found = try LedgerVerification(bytes: bytes, evidence: evidence).findings
            let first = zip(bytes, file).enumerated().first { $0.element.0 != $0.element.1 }
            let change = first?.offset ?? min(bytes.count, file.count)
            let entry = original.prefix { $0.end <= change }.count { $0.kind == .entry }
            let isLocated = found.contains { ($0.entry ?? .max) <= entry }
            if !isLocated {
                Issue.record("change \(changes) at byte \(change) unnoticed: \(found)")
                return
            }
        }
    }
}
