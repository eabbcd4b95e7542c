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
