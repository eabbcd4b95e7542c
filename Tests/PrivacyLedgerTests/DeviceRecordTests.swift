import DifferentialPrivacy
import Foundation
import PrivateAggregation
import Sodium
import Testing

@testable import PrivacyLedger

@Suite struct DeviceRecordTests {
    let fixture: LedgerFixture
    let folder: TemporaryFolder

    init() throws {
        fixture = try LedgerFixture()
        folder = try TemporaryFolder()
    }

    private func plan(_ round: Int, task: String = "training", rho: Double = 0.02) throws
        -> RoundPlan
    {
        RoundPlan(
            task: task, round: round, query: "gradient",
            session: SHA256.hash(Array("\(task) \(round)".utf8)), aggregation: .real,
            cohort: try fixture.commitment(round).root, modelBefore: [],
            sum: try fixture.sum(rho))
    }

    private let identity = SHA256.hash([3])
    private var task: LedgerTask { fixture.task("training", rounds: 40) }

    private func membership(_ round: Int) throws -> CohortMembership {
        try #require(try fixture.commitment(round).membership(of: identity))
    }

    private func record(cap: Double) throws -> DeviceRecord {
        try DeviceRecord(
            opening: fixture.opening, cap: try PrivacyBudget(epsilon: cap, delta: 1e-6))
    }

    @Test func `a device joins within its cap and refuses beyond it`() throws {
        var record = try record(cap: 1.5)
        var joined = 0
        for round in stride(from: 0, to: 40, by: 2) {
            let before = record
            do {
                try record.join(
                    try plan(round), of: task, membership: membership(round), identity: identity)
                joined += 1
            } catch DeviceRefusal.capExceeded(let epsilon, let cap) {
                #expect(epsilon > 1.5 && cap == 1.5)
                #expect(record == before)
                break
            }
        }
        #expect(joined >= 1 && joined < 20)
        #expect(try record.epsilon <= 1.5)
        // Whatever the ledger says: the device's record is its own, and survives storage.
        let stored = try JSONDecoder().decode(
            DeviceRecord.self, from: JSONEncoder().encode(record))
        #expect(stored == record)
    }

    @Test func `a device takes part in no group of a cohort, whose members a coordinator chose`()
        throws
    {
        var record = try record(cap: 3)
        var plan = try plan(0)
        plan.groups = 4
        let before = record
        #expect(throws: DeviceRefusal.policyBroken("the cohort is divided into groups")) {
            try record.join(plan, of: task, membership: membership(0), identity: identity)
        }
        #expect(record == before)
    }

    @Test func `a device is part of a cohort only with its own salt and identity`() throws {
        var record = try record(cap: 3)
        let plan = try plan(0)
        let membership = try membership(0)
        #expect(membership.isValid(for: identity, in: plan))
        #expect(try fixture.commitment(1).membership(of: identity) == nil)
        for stranger in [SHA256.hash([4]), SHA256.hash([99]), []] {
            #expect(throws: DeviceRefusal.notInvited) {
                try record.join(plan, of: task, membership: membership, identity: stranger)
            }
        }
        var forged = membership
        forged.salt[0] ^= 1
        #expect(!forged.isValid(for: identity, in: plan))
        #expect(throws: DeviceRefusal.notInvited) {
            try record.join(self.plan(1), of: task, membership: membership, identity: identity)
        }
    }

    @Test func `rounds do not come back, and sums keep their plan`() throws {
        var record = try record(cap: 3)
        try record.join(plan(2), of: task, membership: membership(2), identity: identity)
        #expect(throws: DeviceRefusal.roundRepeated(0)) {
            try record.join(plan(0), of: task, membership: membership(0), identity: identity)
        }
        // Not for the same plan, as a second contribution would average the noise away, and not
        // for another one of that name.
        for rho in [0.02, 0.03] {
            #expect(throws: DeviceRefusal.alreadyJoined) {
                try record.join(
                    plan(2, rho: rho), of: task, membership: membership(2), identity: identity)
            }
        }
    }

    @Test func `sums that are not masked or break the policy are refused`() throws {
        var record = try record(cap: 3)
        var open = try plan(0)
        open.aggregation = .ideal
        #expect(throws: DeviceRefusal.notMasked) {
            try record.join(open, of: task, membership: membership(0), identity: identity)
        }
        var strict = task
        strict.policy.colludingShare = 0.3
        #expect(throws: DeviceRefusal.self) {
            try record.join(plan(0), of: strict, membership: membership(0), identity: identity)
        }
        #expect(record.participations.isEmpty)
    }

    @Test func `a device follows a ledger and finds its rounds in it`() throws {
        var record = try record(cap: 3)
        let contents = try fixture.contents()
        var ledger = try PrivacyLedger(
            creating: folder.path("ledger"), opening: fixture.opening, key: fixture.key, time: 0)
        try ledger.record(contents[1], time: 1)
        try record.observe(try ledger.sign(), consistency: [])
        for content in contents.dropFirst(2) {
            try ledger.record(content, time: 2)
            let before = try #require(ledger.checkpoint?.size)
            let next = try ledger.sign()
            try record.observe(next, consistency: try #require(ledger.consistency(from: before)))
        }
        guard case .plan(let plan) = contents[2], case .task(let announced) = contents[1] else {
            return
        }
        let inclusion = try #require(try ledger.inclusion(of: 2))
        #expect(throws: Never.self) { try record.check(plan, at: inclusion) }
        let wrong = try #require(try ledger.inclusion(of: 5))
        #expect(throws: DeviceRefusal.notInLedger(round: 0)) { try record.check(plan, at: wrong) }
        // In every round although it is said to be in every other one.
        for round in 0..<4 where round % 2 == 0 {
            try record.join(
                self.plan(round), of: task, membership: membership(round), identity: identity)
        }
        #expect(throws: Never.self) { try record.check(announced, afterRounds: 4) }
        #expect(throws: DeviceRefusal.claimBroken(task: "training", participations: 2, allowed: 1))
        {
            try record.check(
                LedgerTask(
                    name: "training", purpose: "", rounds: 4, population: 400,
                    policy: fixture.policy, target: fixture.target), afterRounds: 4)
        }
    }

    @Test func `two views of a ledger convict its owner`() throws {
        func ledger(_ text: String) throws -> PrivacyLedger {
            var ledger = try PrivacyLedger(
                creating: folder.path(text), opening: fixture.opening, key: fixture.key, time: 0)
            try ledger.record(.statement(.init(topic: .retention, text: text)), time: 0)
            try ledger.sign()
            return ledger
        }
        let (one, other) = (try ledger("a"), try ledger("b"))
        let heads = (try #require(one.checkpoint), try #require(other.checkpoint))
        var record = try record(cap: 3)
        try record.observe(heads.0, consistency: [])
        let evidence = SplitView.roots(heads.0, heads.1)
        #expect(throws: DeviceRefusal.splitView(evidence)) {
            try record.observe(heads.1, consistency: [])
        }
        #expect(try evidence.isProof(against: fixture.name))
        #expect(try !SplitView.roots(heads.0, heads.0).isProof(against: fixture.name))
        let entries = SplitView.entries(
            .init(checkpoint: heads.0, inclusion: try #require(try one.inclusion(of: 1))),
            .init(checkpoint: heads.1, inclusion: try #require(try other.inclusion(of: 1))))
        #expect(try entries.isProof(against: fixture.name))
        let stranger = try VerificationKey(
            name: "shop.example/recommender", key: [UInt8](repeating: 1, count: 32))
        #expect(!entries.isProof(against: stranger))
        // Larger, and no continuation.
        var longer = other
        try longer.record(.statement(.init(topic: .audit, text: "c")), time: 0)
        let head = try longer.sign()
        let proof = try #require(longer.consistency(from: 2))
        #expect(throws: DeviceRefusal.inconsistent(older: heads.0, newer: head)) {
            try record.observe(head, consistency: proof)
        }
        #expect(throws: DeviceRefusal.ledgerWentBack(from: 3, to: 2)) {
            var late = try self.record(cap: 3)
            try late.observe(head, consistency: [])
            try late.observe(heads.1, consistency: [])
        }
    }
}
