import FederatedProtocol
import PrivacyLedger
import Recommender
import RoundFixtures
import Synchronization
import Testing

@testable import OnDevice

/// What the owner chooses, and what is kept of it.
@Suite(.timeLimit(.minutes(5))) struct OwnerTests {
    @Test func `withdrawing in a round stops it before the vector leaves`() async throws {
        struct Withdrawing: RoundContributor {
            let withdraw: @Sendable () async throws -> Void
            func canContribute(to plan: RoundPlan) async -> Bool { true }
            func contribution(to plan: RoundPlan) async throws -> [Float] {
                try await withdraw()
                return ParticipationFixture.vector(0)
            }
        }
        let fixture = try ParticipationFixture()
        try await fixture.coordinator.open(0)
        var devices = try await fixture.consenting()
        let box = Mutex<Participation?>(nil)
        let contributors: [any RoundContributor] = [
            Withdrawing {
                try await box.withLock { $0 }?.withdrawConsent(account: .erased)
            }
        ]
        devices[3] = try fixture.participation(3, contributors: contributors)
        box.withLock { $0 = devices[3] }
        let results = try await fixture.participate(devices)
        #expect(
            results[3].outcome
                == .left(after: .shared, reason: Hindrance.withdrawn.description))
        #expect(await !fixture.coordinator.log.contains { $0.device == 3 && $0.kind == 5 })
        #expect(await fixture.coordinator.round?.sum?.contributors == 11)
        // Nothing of the account is left, and none can be begun.
        for device in [devices[3], try fixture.participation(3)] {
            #expect(await device.reports.isEmpty)
            #expect(try await device.epsilon == nil)
            await #expect(throws: ParticipationError.self) { try await device.grantConsent() }
            #expect(try await device.participate() == .notNow([.withdrawn]))
        }
    }

    @Test func `withdrawn consent holds even where it cannot be stored`() async throws {
        let fixture = try ParticipationFixture()
        let device = try fixture.participation(0)
        try await device.grantConsent()
        fixture.stores[0].fail(true)
        await #expect(throws: MemoryStore.Failure.self) { try await device.withdrawConsent() }
        #expect(await device.consent == .withdrawn(at: 1000, isFinal: false))
        #expect(try await device.participate() == .notNow([.withdrawn]))
    }

    @Test func `a pause leaves the round even where it cannot be stored`() async throws {
        let fixture = try ParticipationFixture()
        try await fixture.coordinator.open(0)
        let device = try fixture.participation(0)
        try await device.grantConsent()
        let task = Task { try await device.participate() }
        while await fixture.coordinator.log.isEmpty { await Task.yield() }
        fixture.stores[0].fail(true)
        await #expect(throws: MemoryStore.Failure.self) { try await device.pause(until: 2000) }
        #expect(
            try await task.value.outcome
                == .left(
                    after: .advertised, reason: Hindrance.paused(until: 2000).description))
        #expect(try await device.participate() == .notNow([.paused(until: 2000)]))
        // It is stored with the next change that can be.
        fixture.stores[0].fail(false)
        try await device.setCap(3)
        #expect(await (try fixture.participation(0)).consent == .paused(until: 2000))
    }

    @Test(arguments: [false, true])
    func `no account begins anew after everything was deleted`(erasedFirst: Bool) async throws {
        let fixture = try ParticipationFixture()
        let files = try StoreFixture()
        let store = try files.open()
        func participation() throws -> Participation {
            try Participation(
                opening: fixture.world.opening, identity: fixture.world.identities[0],
                settings: fixture.settings(), store: store, transport: AskedTransport(),
                contributors: [], time: { 1000 }, conditions: { ParticipationFixture.good })
        }
        let device = try participation()
        try await device.grantConsent()
        try await device.setCap(0.25)
        if erasedFirst {
            try await device.withdrawConsent(account: .erased)
            try store.deleteEverything()
        } else {
            try store.deleteEverything()
            #expect(await (try participation()).cap == 0.25)
            try await participation().withdrawConsent(account: .erased)
        }
        let again = try participation()
        #expect(try await again.epsilon == nil)
        await #expect(throws: ParticipationError.self) { try await again.grantConsent() }
        await #expect(throws: ParticipationError.self) { try await device.grantConsent() }
    }

    @Test func `a participation sees what another one on its store has changed`() async throws {
        let fixture = try ParticipationFixture()
        try await fixture.coordinator.open(0)
        let one = try fixture.participation(0)
        let other = try fixture.participation(0)
        try await one.grantConsent()
        try await other.setCap(0.5)
        #expect(await other.consent == .granted(at: 1000))
        guard case .declined = try await one.participate().outcome else {
            Issue.record("the cap was not seen")
            return
        }
        try await one.setCap(90)
        let task = Task { try await one.participate() }
        while await fixture.coordinator.log.isEmpty { await Task.yield() }
        // The charge is not forgotten, and the round not joined twice.
        try await other.setCap(80)
        #expect(try #require(try await other.epsilon) > 0)
        #expect(
            try await other.participate().outcome
                == .declined(reason: DeviceRefusal.alreadyJoined.description))
        try await other.withdrawConsent(account: .erased)
        await fixture.coordinator.close()
        _ = try await task.value
        #expect(try await one.participate() == .notNow([.withdrawn]))
        #expect(try fixture.stores[0].document(ParticipationState.accountDocument) == nil)
        await #expect(throws: ParticipationError.self) { try await one.grantConsent() }
    }

    @Test func `an account that changed meanwhile is not overwritten`() throws {
        let fixture = try ParticipationFixture()
        let store = fixture.stores[0]
        let documents = try ParticipationState.Documents(in: store)
        var (first, second) = (documents, documents)
        let state = ParticipationState(record: try fixture.world.record())
        try state.save(to: store, after: nil, &first)
        let kept = try store.document(ParticipationState.accountDocument)
        #expect(throws: ParticipationError.changedElsewhere) {
            try state.save(to: store, after: nil, &second)
        }
        #expect(try store.document(ParticipationState.accountDocument) == kept)
    }

    @Test func `a real store replaces only what was expected`() throws {
        let store = try StoreFixture().open()
        #expect(try store.replaceDocument("notes", [1], by: [2]) == false)
        #expect(try store.replaceDocument("notes", nil, by: [1]))
        #expect(try store.replaceDocument("notes", nil, by: [2]) == false)
        #expect(try store.replaceDocument("notes", [1], by: [3]))
        #expect(try store.document("notes") == [3])
    }

    @Test func `declined rounds drive out no others, and names are short`() throws {
        let fixture = try ParticipationFixture()
        var account = ParticipationState.RoundAccount(record: try fixture.world.record())
        func report(_ round: Int, _ result: RoundReport.Result) -> RoundReport {
            RoundReport(
                task: String(repeating: "é", count: 400), round: round, query: "q", time: 0,
                result: result)
        }
        account.report(report(0, .joined))
        for round in 0..<300 { account.report(report(round, .declined(reason: "no"))) }
        #expect(account.reports.count == 21)
        #expect(account.reports.first?.result == .joined)
        #expect(account.reports.last?.round == 299)
        #expect(account.reports.allSatisfy { $0.task.utf8.count == 256 })
        account.report(report(0, .finished))
        #expect(account.reports.first?.result == .finished)
        for round in 1...300 { account.report(report(round, .finished)) }
        #expect(account.reports.count == 220)
    }

    @Test func `an account that is kept goes on after a new consent`() async throws {
        let fixture = try ParticipationFixture()
        try await fixture.coordinator.open(0)
        let devices = try await fixture.consenting()
        _ = try await fixture.participate(devices)
        let epsilon = try await devices[0].epsilon
        try await devices[0].withdrawConsent()
        try await devices[0].grantConsent()
        #expect(try await devices[0].epsilon == epsilon)
        #expect(await devices[0].reports.count == 1)
    }

    @Test func `a document that cannot be read is left as it is`() throws {
        let fixture = try ParticipationFixture()
        let name = ParticipationState.choicesDocument
        for text in ["", "{}", "{\"version\":2,\"consent\":{\"notAsked\":{}}}"] {
            try fixture.stores[0].setDocument(name, Array(text.utf8))
            #expect(throws: ParticipationError.self) { try fixture.participation(0) }
            #expect(try fixture.stores[0].document(name) == Array(text.utf8))
        }
    }

    @Test func `an account that was lost is not begun anew`() async throws {
        let fixture = try ParticipationFixture()
        try await fixture.participation(0).grantConsent()
        try fixture.stores[0].setDocument(ParticipationState.accountDocument, nil)
        #expect(throws: ParticipationError.accountMissing) { try fixture.participation(0) }
        // Where a crash came between the first two documents, nothing is lost.
        try await fixture.participation(1).grantConsent()
        try fixture.stores[1].setDocument(ParticipationState.choicesDocument, nil)
        #expect(await (try fixture.participation(1)).consent == .notAsked)
    }

    @Test func `an erasure that a crash interrupted is finished`() async throws {
        let fixture = try ParticipationFixture()
        let store = fixture.stores[0]
        try await fixture.participation(0).grantConsent()
        let account = try store.document(ParticipationState.accountDocument)
        try await fixture.participation(0).withdrawConsent(account: .erased)
        #expect(try store.document(ParticipationState.accountDocument) == nil)
        try store.setDocument(ParticipationState.accountDocument, account)
        let again = try fixture.participation(0)
        #expect(try store.document(ParticipationState.accountDocument) == nil)
        await #expect(throws: ParticipationError.self) { try await again.grantConsent() }
    }

    @Test func `consent withdrawn while the coordinator is asked ends the asking`() async throws {
        struct Silent: RoundTransport {
            let asked: AskedTransport
            func offer(knowing size: Int?) async throws -> RoundOffer? {
                _ = try await asked.offer(knowing: size)
                try await Task.sleep(for: .seconds(3600))
                return nil
            }
            func send(_ message: [UInt8], in session: [UInt8]) async throws {}
            func nextMessage(in session: [UInt8]) async throws -> [UInt8]? { nil }
            func leave(_ session: [UInt8]) async throws {}
        }
        let fixture = try ParticipationFixture()
        let transport = Silent(asked: AskedTransport())
        let device = try fixture.participation(0, transport: transport)
        try await device.grantConsent()
        let task = Task { try await device.participate() }
        while transport.asked.count.withLock({ $0 }) == 0 { await Task.yield() }
        try await device.withdrawConsent()
        #expect(try await task.value == .notNow([.withdrawn]))
    }

    @Test func `an account of another ledger is refused`() async throws {
        let fixture = try ParticipationFixture()
        try await fixture.participation(0).grantConsent()
        var opening = fixture.world.opening
        opening.origin = "other.example/recommender"
        #expect(throws: ParticipationError.self) {
            try Participation(
                opening: opening, identity: fixture.world.identities[0],
                settings: fixture.settings(), store: fixture.stores[0],
                transport: AskedTransport(), contributors: [], time: { 0 },
                conditions: { ParticipationFixture.good })
        }
    }
}
