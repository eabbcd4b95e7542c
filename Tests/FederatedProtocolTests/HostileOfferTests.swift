import DifferentialPrivacy
import FederatedProtocol
import Foundation
import PrivacyLedger
import Recommender
import RoundFixtures
import SecureAggregation
import Sodium
import Testing

@Suite struct HostileOfferTests {
    typealias Parts = RoundInMemory.OfferParts
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func world(
        _ name: String = "ledger", aggregation: AggregationFidelity = .real, seed: UInt64 = 1
    ) throws -> RoundWorld {
        try RoundWorld(
            devices: 12, ledger: folder.path(name),
            queries: [
                SumQuery(
                    name: "gradient", dimension: 8, clippingNorm: 2, budgetShare: 1,
                    broadcastByteCount: 0)
            ], aggregation: aggregation, seed: seed)
    }

    /// What a device says to an offer; nil where it joins. Whatever it declines for, it has charged
    /// and said nothing.
    private func refusal(
        of parts: Parts, by device: Int = 3, in world: RoundWorld, terms: DeviceTerms? = nil,
        record: DeviceRecord? = nil
    ) throws -> DeviceRoundError? {
        var round = DeviceCohort.device(device, of: world, terms: terms)
        let before = try record ?? world.record()
        guard
            case .decline(let reason, let kept) = try round.consider(
                try parts.offer(), record: before)
        else { return nil }
        #expect(kept.participations == before.participations)
        #expect(round.step == .left)
        #expect(throws: DeviceRoundError.outOfOrder(after: .left)) { try round.recordIsDurable() }
        return reason
    }

    @Test func `an honest offer is taken`() throws {
        var world = try world()
        let round = try world.open(0)
        #expect(try refusal(of: round.parts(for: 3), in: world) == nil)
    }

    @Test func `a wrong place in the roster or the cohort is refused`() throws {
        var world = try world()
        let round = try world.open(0)
        var parts = try round.parts(for: 3)
        parts.member = round.roster.member(4)
        #expect(
            try refusal(of: parts, in: world) == .aggregation(.notInRoster(device: 4)))
        parts = try round.parts(for: 3)
        parts.member.device = -1
        #expect(try refusal(of: parts, in: world) == .aggregation(.unknownDevice(-1)))
        parts = try round.parts(for: 3)
        parts.rosterRoot[0] ^= 1
        #expect(try refusal(of: parts, in: world) == .aggregation(.notInRoster(device: 3)))
        parts.rosterRoot = []
        guard case .aggregation(.invalidParameters) = try refusal(of: parts, in: world) else {
            Issue.record("a roster without a root was taken")
            return
        }
        parts = try round.parts(for: 4)
        parts.member = round.roster.member(3)
        #expect(try refusal(of: parts, in: world) == .refused(.notInvited))
    }

    @Test func `a plan or task that the ledger does not have is refused`() throws {
        var world = try world()
        let round = try world.open(0)
        var parts = try round.parts(for: 3)
        parts.plan.path[0][0] ^= 1
        #expect(try refusal(of: parts, in: world) == .refused(.notInLedger(round: 0)))
        parts = try round.parts(for: 3)
        parts.plan.index = .max
        #expect(try refusal(of: parts, in: world) == .refused(.notInLedger(round: 0)))
        parts = try round.parts(for: 3)
        parts.task.path[0][0] ^= 1
        #expect(try refusal(of: parts, in: world) == .taskNotInLedger("training"))
        // A plan of another ledger under the same key.
        var other = try self.world("other", seed: 2)
        let foreign = try other.open(0)
        parts = try round.parts(for: 3)
        parts.plan = foreign.announced
        #expect(try refusal(of: parts, in: world) == .refused(.notInLedger(round: 0)))
        parts = try round.parts(for: 3)
        (parts.plan, parts.task) = (parts.task, parts.plan)
        #expect(throws: DeviceRoundError.notAnEntry("a task")) { try parts.offer() }
        parts.task = parts.plan
        #expect(throws: DeviceRoundError.notAnEntry("a plan")) { try parts.offer() }
        parts.plan.entry = [1, 2, 3]
        #expect(throws: DeviceRoundError.notAnEntry("a plan")) { try parts.offer() }
    }

    @Test func `a checkpoint of another key is refused`() throws {
        var world = try world()
        let round = try world.open(0)
        var parts = try round.parts(for: 3)
        parts.checkpoint = try Checkpoint(
            parts.checkpoint.note.string.replacingOccurrences(of: "\n3\n", with: "\n4\n"))
        #expect(try refusal(of: parts, in: world) == .refused(.notSigned))
    }

    @Test func `two views of the ledger are told apart, and the first is kept`() throws {
        var world = try world()
        let round = try world.open(0)
        var other = try self.world("other", seed: 2)
        let forked = try other.open(0)
        // The device declines the first offer for its terms, and remembers the ledger.
        var device = DeviceCohort.device(
            3, of: world, terms: DeviceTerms(minimumSurvivors: 11, corruptShare: 0.1))
        guard
            case .decline(_, let seen) = try device.consider(
                try round.parts(for: 3).offer(), record: world.record())
        else {
            Issue.record("the device joined against its terms")
            return
        }
        #expect(seen.checkpoint == round.checkpoint.note.string)
        // The same devices are enrolled with the fork.
        #expect(
            try refusal(of: forked.parts(for: 3), in: other, record: seen)
                == .refused(.splitView(.roots(round.checkpoint, forked.checkpoint))))
    }

    @Test func `a cap that the round could exceed is kept to`() throws {
        var world = try world()
        let round = try world.open(0)
        let record = try world.record(cap: 1)
        guard
            case .refused(.capExceeded(let epsilon, 1)) = try refusal(
                of: round.parts(for: 3), in: world, record: record)
        else {
            Issue.record("the record's cap was exceeded")
            return
        }
        // The owner's own, lower than the record's.
        var terms = world.terms
        terms.largestEpsilon = epsilon * 0.999
        #expect(
            try refusal(of: round.parts(for: 3), in: world, terms: terms)
                == .refused(.capExceeded(epsilon: epsilon, cap: epsilon * 0.999)))
        terms.largestEpsilon = epsilon * 1.001
        #expect(try refusal(of: round.parts(for: 3), in: world, terms: terms) == nil)
    }

    @Test func `parameters weaker than the terms or the task's promise are refused`() throws {
        var world = try world()
        let round = try world.open(0)
        func isRefused(_ parts: Parts, terms: DeviceTerms? = nil) throws -> Bool {
            let refusal = try refusal(of: parts, in: world, terms: terms)
            if case .aggregation(.refusedTerms) = refusal { return true }
            return false
        }
        var parts = try round.parts(for: 3)
        parts.graph = GraphSecurity(degree: 11, threshold: 2)
        #expect(try isRefused(parts))
        // The device's own terms know of no corrupt devices, but the task does.
        #expect(try isRefused(parts, terms: DeviceTerms(minimumSurvivors: 2, corruptShare: 0)))
        parts = try round.parts(for: 3)
        parts.committee = CommitteeSecurity(size: 12, quorum: 1)
        #expect(try isRefused(parts))
        parts = try round.parts(for: 3)
        #expect(try isRefused(parts, terms: DeviceTerms(minimumSurvivors: 10, corruptShare: 0.1)))
        #expect(try isRefused(parts, terms: DeviceTerms(minimumSurvivors: 3, corruptShare: 0.5)))
    }

    @Test func `vectors longer than the device agrees to are refused`() throws {
        var world = try world()
        let round = try world.open(0)
        var terms = world.terms
        terms.largestDimension = 7
        #expect(
            try refusal(of: round.parts(for: 3), in: world, terms: terms)
                == .tooLarge(dimension: 8, largest: 7))
    }

    @Test func `more invitations than the sampling claim allows are refused`() throws {
        let query = SumQuery(
            name: "gradient", dimension: 8, clippingNorm: 2, budgetShare: 1, broadcastByteCount: 0)
        var world = try RoundWorld(
            devices: 12, ledger: folder.path("ledger"), queries: [query, query, query],
            announcedRounds: 2, selection: .rotation(size: 12), population: 24)
        let cohort = try DeviceCohort(&world)
        let record = cohort.records[3]
        let checkpoint = try record.checkpoint.map { text throws in try Checkpoint(text) }
        func parts(_ number: Int) throws -> Parts {
            try world.open(number).parts(
                for: 3, consistency: world.consistency(from: checkpoint?.size))
        }
        #expect(
            try refusal(of: parts(1), in: world, record: record)
                == .refused(.claimBroken(task: "training", participations: 2, allowed: 1)))
        // In three rounds, two are allowed; but two rounds were announced.
        #expect(
            try refusal(of: parts(2), in: world, record: record)
                == .refused(.policyBroken("round 3 of a task of 2")))
    }

    @Test func `a sum that is not masked is refused`() throws {
        var world = try world(aggregation: .ideal)
        let round = try world.open(0)
        #expect(try refusal(of: round.parts(for: 3), in: world) == .refused(.notMasked))
    }
}
