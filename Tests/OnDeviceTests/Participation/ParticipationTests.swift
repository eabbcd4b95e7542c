import FederatedProtocol
import Foundation
import PrivacyLedger
import Recommender
import RoundFixtures
import Synchronization
import Testing

@testable import OnDevice

@Suite(.timeLimit(.minutes(5))) struct ParticipationTests {
    @Test func `rounds of all devices give their sums, and accounts outlive the process`()
        async throws
    {
        let fixture = try ParticipationFixture()
        var devices = try await fixture.consenting()
        for round in 0..<2 {
            try await fixture.coordinator.open(round)
            let results = try await fixture.participate(devices)
            #expect(results.allSatisfy { $0.outcome == .finished })
            let sum = try #require(await fixture.coordinator.round?.sum)
            // 8 standard deviations: a false alarm in 1e13 sums.
            for place in 0..<6 {
                let truth = (0..<12).map { ParticipationFixture.vector($0)[place] }.reduce(0, +)
                #expect(abs(Double(sum.values[place] - truth)) < 8 * sum.noiseStandardDeviation)
            }
            // As after a restart.
            devices = try (0..<12).map { try fixture.participation($0) }
            for device in devices {
                #expect(await device.consent == .granted(at: 1000))
                let finished = [RoundReport.Result](repeating: .finished, count: round + 1)
                #expect(await device.reports.map(\.result) == finished)
            }
        }
        let epsilon = try #require(try await devices[0].epsilon)
        #expect(epsilon > 0 && epsilon < 100)
    }

    @Test func `the charge is on the disk before the first message leaves`() async throws {
        struct Watch: RoundTransport {
            let under: MemoryTransport
            let store: MemoryStore

            func offer(knowing size: Int?) async throws -> RoundOffer? {
                try await under.offer(knowing: size)
            }
            func send(_ message: [UInt8], in session: [UInt8]) async throws {
                let state = try #require(
                    try ParticipationState(from: ParticipationState.Documents(in: store)))
                #expect(state.account?.record.participations.count == 1)
                #expect(state.account?.reports.last?.result == .joined)
                // Account and consent, then the charge; nothing more before the end.
                #expect(store.writes.withLock { $0.count } == 3)
                try await under.send(message, in: session)
            }
            func nextMessage(in session: [UInt8]) async throws -> [UInt8]? {
                try await under.nextMessage(in: session)
            }
            func leave(_ session: [UInt8]) async throws { try await under.leave(session) }
        }
        let fixture = try ParticipationFixture()
        try await fixture.coordinator.open(0)
        var devices = try await fixture.consenting()
        devices[2] = try fixture.participation(
            2,
            transport: Watch(
                under: MemoryTransport(coordinator: fixture.coordinator, device: 2),
                store: fixture.stores[2]))
        let results = try await fixture.participate(devices)
        #expect(results[2].outcome == .finished)
        #expect(await fixture.coordinator.log.count { $0.device == 2 } >= 4)
        #expect(fixture.stores[2].writes.withLock { $0.count } == 4)
    }

    @Test func `where the charge cannot be stored, nothing is sent`() async throws {
        let fixture = try ParticipationFixture()
        try await fixture.coordinator.open(0)
        let device = try fixture.participation(0)
        try await device.grantConsent()
        fixture.stores[0].fail(true)
        await #expect(throws: MemoryStore.Failure.self) { try await device.participate() }
        #expect(await fixture.coordinator.log.isEmpty)
        #expect(await device.reports.isEmpty)
    }

    @Test func `without consent, conditions or a cap left, the coordinator is not even asked`()
        async throws
    {
        let fixture = try ParticipationFixture()
        let transport = AskedTransport()
        let device = try fixture.participation(0, transport: transport)
        #expect(try await device.participate() == .notNow([.notAsked]))
        try await device.grantConsent()
        try await device.pause(until: 1001)
        #expect(try await device.participate() == .notNow([.paused(until: 1001)]))
        try await device.pause(until: 1000)
        #expect(try await device.participate() == .nothingOffered)
        #expect(transport.count.withLock { $0 } == 1)
        try await device.setCap(0)
        #expect(
            try await device.participate() == .notNow([.capReached(epsilon: 0, cap: 0)]))
        try await device.setCap(5)
        try await device.withdrawConsent()
        #expect(try await device.participate() == .notNow([.withdrawn]))
        await #expect(throws: ParticipationError.invalidCap(.infinity)) {
            try await device.setCap(.infinity)
        }
        let used = DeviceConditions(
            isIdle: false, isCharging: true, isUnmetered: false, eventCount: 0)
        let restless = try fixture.participation(1, transport: transport, conditions: { used })
        try await restless.grantConsent()
        #expect(try await restless.participate() == .notNow([.inUse, .metered]))
        #expect(transport.count.withLock { $0 } == 1)
    }

    /// Conditions are asked for before the offer, before the charge, and around every message.
    @Test(arguments: 1...11)
    func `unplugging a device leaves the round to the others`(after asked: Int) async throws {
        let fixture = try ParticipationFixture()
        try await fixture.coordinator.open(0)
        var devices = try await fixture.consenting()
        let count = Mutex(0)
        devices[7] = try fixture.participation(
            7,
            conditions: {
                var conditions = ParticipationFixture.good
                conditions.isCharging = count.withLock {
                    $0 += 1
                    return $0 <= asked
                }
                return conditions
            })
        if asked < 2 {
            #expect(try await devices[7].participate() == .notNow([.notCharging]))
            #expect(await fixture.coordinator.log.isEmpty)
            #expect(await devices[7].reports.isEmpty)
            return
        }
        let results = try await fixture.participate(devices)
        for (device, result) in results.enumerated() where device != 7 {
            #expect(result.outcome == .finished)
        }
        guard case .left(let step, let reason) = results[7].outcome else {
            // A member of the committee is asked twice more than another device.
            #expect(asked >= 9 && results[7].outcome == .finished)
            return
        }
        #expect(reason == Hindrance.notCharging.description)
        #expect(step != .finished && step != .left)
        #expect(await devices[7].reports.map(\.result) == [.left(after: step, reason: reason)])
        let isInSum = await fixture.coordinator.log.contains { $0.device == 7 && $0.kind == 5 }
        #expect(await fixture.coordinator.round?.sum?.contributors == (isInSum ? 12 : 11))
        #expect(isInSum == (step == .contributed || step == .endorsed))
        // Charged all the same.
        #expect(try #require(try await devices[7].epsilon) > 0)
    }

    @Test func `a coordinator that is silent or has left is not waited for`() async throws {
        let fixture = try ParticipationFixture()
        try await fixture.coordinator.open(0)
        let slow = try fixture.participation(
            0, settings: try fixture.settings(step: .milliseconds(40)))
        try await slow.grantConsent()
        #expect(
            try await slow.participate().outcome
                == .left(after: .advertised, reason: "the coordinator took too long"))
        // The device said goodbye and is gone from the round.
        let cancelled = try fixture.participation(1)
        try await cancelled.grantConsent()
        let task = Task { try await cancelled.participate() }
        while await fixture.coordinator.log.count < 2 { await Task.yield() }
        #expect(try await cancelled.participate() == .notNow([.busy]))
        task.cancel()
        #expect(
            try await task.value.outcome
                == .left(after: .advertised, reason: "it was cancelled"))
        let ended = try fixture.participation(2)
        try await ended.grantConsent()
        let other = Task { try await ended.participate() }
        while await fixture.coordinator.log.count < 3 { await Task.yield() }
        await fixture.coordinator.close()
        #expect(
            try await other.value.outcome
                == .left(after: .advertised, reason: "the coordinator has ended the round"))
        #expect(try await ended.participate() == .nothingOffered)
    }

    @Test func `a round that the process died in stays charged and is not joined again`()
        async throws
    {
        let fixture = try ParticipationFixture()
        try await fixture.coordinator.open(0)
        let device = try fixture.participation(0)
        try await device.grantConsent()
        let task = Task { try await device.participate() }
        while await fixture.coordinator.log.isEmpty { await Task.yield() }
        // The store as a crash leaves it.
        let restarted = try fixture.participation(0)
        #expect(await restarted.reports.map(\.result) == [.joined])
        #expect(try #require(try await restarted.epsilon) > 0)
        #expect(
            try await restarted.participate().outcome
                == .declined(reason: DeviceRefusal.alreadyJoined.description))
        #expect(await fixture.coordinator.log.count == 1)
        // What was joined is still said to be.
        #expect(await (try fixture.participation(0)).reports.first?.result == .joined)
        task.cancel()
        _ = try await task.value
    }

    @Test(arguments: [false, true])
    func `a contributor that is slow ends the round with its time`(isAsked: Bool) async throws {
        struct Slow: RoundContributor {
            let isAsked: Bool
            func canContribute(to plan: RoundPlan) async -> Bool {
                if isAsked { try? await Task.sleep(for: .seconds(3600)) }
                return true
            }
            func contribution(to plan: RoundPlan) async throws -> [Float] {
                try await Task.sleep(for: .seconds(3600))
                return []
            }
        }
        let fixture = try ParticipationFixture()
        try await fixture.coordinator.open(0)
        var devices = try await fixture.consenting()
        var settings = try fixture.settings()
        settings.roundTimeout = .seconds(isAsked ? 1 : 8)
        devices[0] = try fixture.participation(
            0, settings: settings, contributors: [Slow(isAsked: isAsked)])
        if isAsked {
            await #expect(throws: (any Error).self) { try await devices[0].participate() }
            #expect(await devices[0].reports.isEmpty)
        } else {
            let results = try await fixture.participate(devices)
            // On a busy machine the time may be over before the contributor is asked.
            guard case .left(_, let reason) = results[0].outcome else {
                Issue.record("it did not leave: \(results[0].outcome)")
                return
            }
            #expect(reason.hasSuffix("took too long"))
        }
    }

    @Test func `the owner's cap declines a round that the account would allow`() async throws {
        let fixture = try ParticipationFixture()
        try await fixture.coordinator.open(0)
        let device = try fixture.participation(0)
        try await device.grantConsent()
        try await device.setCap(0.5)
        #expect(await device.cap == 0.5)
        guard case .declined(let reason) = try await device.participate().outcome else {
            Issue.record("the cap was exceeded")
            return
        }
        #expect(reason.contains("over its cap of 0.5"))
        #expect(try await device.epsilon == 0)
        #expect(await fixture.coordinator.log.isEmpty)
    }

    @Test func `a query that nothing answers is declined before it is charged`() async throws {
        let fixture = try ParticipationFixture()
        try await fixture.coordinator.open(0)
        let device = try fixture.participation(0, contributors: [])
        try await device.grantConsent()
        guard case .declined = try await device.participate().outcome else {
            Issue.record("the device joined")
            return
        }
        #expect(try await device.epsilon == 0)
    }

    @Test func `a forked ledger is evidence, and the end of it`() async throws {
        let fixture = try ParticipationFixture()
        let forked = MemoryCoordinator(
            try RoundWorld(
                devices: 12, ledger: fixture.folder.path("fork"),
                queries: [ParticipationFixture.query, ParticipationFixture.query]))
        try await fixture.coordinator.open(0)
        try await forked.open(1)
        let device = try fixture.participation(0, contributors: [])
        try await device.grantConsent()
        try await device.setCap(0.1)
        _ = try await fixture.participation(0).participate()
        let shown = try fixture.participation(
            0, transport: MemoryTransport(coordinator: forked, device: 0))
        _ = try await shown.participate()
        let again = try fixture.participation(0)
        let evidence = try await again.evidence.map { text throws in try Checkpoint(text) }
        #expect(evidence.count == 2)
        let key = try VerificationKey(
            name: fixture.world.opening.origin, key: fixture.world.opening.publicKey)
        #expect(SplitView.roots(evidence[0], evidence[1]).isProof(against: key))
        #expect(try await again.participate() == .notNow([.ledgerConvicted]))
    }
}

/// Has nothing to offer, and counts how often it was asked.
final class AskedTransport: RoundTransport {
    let count = Mutex(0)

    func offer(knowing size: Int?) async throws -> RoundOffer? {
        count.withLock { $0 += 1 }
        return nil
    }
    func send(_ message: [UInt8], in session: [UInt8]) async throws {}
    func nextMessage(in session: [UInt8]) async throws -> [UInt8]? { nil }
    func leave(_ session: [UInt8]) async throws {}
}
