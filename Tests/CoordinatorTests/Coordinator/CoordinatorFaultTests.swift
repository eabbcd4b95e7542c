import FederatedProtocol
import Foundation
import PrivacyLedger
import Sodium
import Synchronization
import Testing

@testable import Coordinator

/// Whole tasks while something goes wrong around the coordinator.
@Suite("Faults around a coordinator") struct CoordinatorFaultTests {
    private func isOver(_ coordinator: PopulationCoordinator, _ tasks: [String]) async -> Bool {
        guard let all = try? await coordinator.listTasks().tasks else { return false }
        let over = all.filter { $0.state == .finished || $0.state == .failed }.map(\.name)
        return Set(over).isSuperset(of: tasks)
    }

    /// Trains tasks to their end.
    private func train(
        _ tasks: [String], _ fixture: CoordinatorFixture, with coordinator: PopulationCoordinator
    ) async throws {
        for device in fixture.devices { try await device.enrol(coordinator) }
        for task in tasks { _ = try await coordinator.createTask(fixture.request(task)) }
        await takePart(fixture, with: coordinator, until: tasks)
    }

    private func takePart(
        _ fixture: CoordinatorFixture, with coordinator: PopulationCoordinator,
        until tasks: [String]
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for device in fixture.devices {
                group.addTask {
                    await device.takePart(in: coordinator) { await isOver(coordinator, tasks) }
                }
            }
        }
    }

    private func verified(_ coordinator: PopulationCoordinator) async throws -> LedgerVerification {
        let verification = try LedgerVerification(bytes: try await coordinator.ledger(from: 0))
        #expect(verification.findings.isEmpty, "\(verification.findings)")
        return verification
    }

    /// Each of the writes of a round, by what is in it.
    enum Write: String, CaseIterable, Sendable {
        case plan, charge, outcome

        func isIn(_ changes: [StoreChange]) -> Bool {
            changes.contains {
                switch ($0, self) {
                case (.invite, .plan): true
                case (.putRound(let round), .charge): round.state == .charged
                case (.putRound(let round), .outcome): round.state == .completed
                default: false
                }
            }
        }
    }

    @Test(arguments: Write.allCases)
    func `where the disk is full, nothing is lost, and training goes on when there is room`(
        _ write: Write
    ) async throws {
        let fixture = try CoordinatorFixture(devices: 12, scenario: CoordinatorTests.training)
        try await StoreFixture(.sqlite).withStore { base in
            let store = FaultyStore(base)
            let failures = Mutex(0)
            store.fail(at: write) {
                failures.withLock { count in
                    count += 1
                    return count <= 2 ? .before(.full("no room")) : nil
                }
            }
            let (coordinator, run) = try await CoordinatorFixture.start(
                store, CoordinatorFixture.configuration())
            try await train(["training"], fixture, with: coordinator)
            let verification = try await verified(coordinator)
            let status = try #require(try await coordinator.listTasks().tasks.first)
            #expect(status.state == .finished, "\(status.reason)")
            #expect(failures.withLock { $0 } > 2)
            // A sum that was revealed is not thrown away: each round of the budget counts.
            #expect(verification.charges == 3)
            run.cancel()
            await run.value
        }
    }

    @Test(arguments: Write.allCases, [true, false])
    func `a database that goes away and comes back costs the round under way`(
        _ write: Write, isWritten: Bool
    ) async throws {
        let fixture = try CoordinatorFixture(devices: 12, scenario: CoordinatorTests.training)
        try await StoreFixture(.sqlite).withStore { base in
            let store = FaultyStore(base)
            let failures = Mutex(0)
            store.fail(at: write) {
                let error = StoreError.unavailable("the connection broke")
                return failures.withLock { count in
                    count += 1
                    guard count == 1 else { return nil }
                    return isWritten ? .after(error) : .before(error)
                }
            }
            let (coordinator, run) = try await CoordinatorFixture.start(
                store, CoordinatorFixture.configuration())
            try await train(["training"], fixture, with: coordinator)
            let verification = try await verified(coordinator)
            let status = try #require(try await coordinator.listTasks().tasks.first)
            #expect(status.state == .finished, "\(status.reason)")
            #expect(status.queriesDone == 3)
            // One whose charge was written is counted, whatever came of it.
            let isLost = write == .outcome && !isWritten || write == .charge && isWritten
            #expect(verification.charges == (isLost ? 4 : 3))
            run.cancel()
            await run.value
        }
    }

    @Test func `a clock that jumps by a day at every look ends nothing`() async throws {
        let fixture = try CoordinatorFixture(devices: 12, scenario: CoordinatorTests.training)
        try await StoreFixture(.sqlite).withStore { store in
            let looks = Mutex(Int64(0))
            var clock = CoordinatorClock.system
            let wall = clock.wall
            let isJumping = Mutex(false)
            clock.wall = {
                guard isJumping.withLock({ $0 }) else { return wall() }
                let look = looks.withLock { looks in
                    looks += 1
                    return looks
                }
                // A day ahead or back, for some time each.
                return wall() + (look / 50 % 3 - 1) * 86_400_000
            }
            let (coordinator, run) = try await CoordinatorFixture.start(
                store, CoordinatorFixture.configuration(step: 5000), clock: clock)
            for device in fixture.devices { try await device.enrol(coordinator) }
            isJumping.withLock { $0 = true }
            _ = try await coordinator.createTask(fixture.request("training"))
            await takePart(fixture, with: coordinator, until: ["training"])
            _ = try await verified(coordinator)
            #expect(try await coordinator.listTasks().tasks.first?.state == .finished)
            #expect(looks.withLock { $0 } > 50)
            run.cancel()
            await run.value
        }
    }

    @Test func `tasks that run at once spend no more than all of them may`() async throws {
        let fixture = try CoordinatorFixture(devices: 12, scenario: CoordinatorTests.training)
        try await StoreFixture(.sqlite).withStore { base in
            let store = FaultyStore(base)
            // Slow commits, so that writes of one task wait for those of the other.
            store.fail { _ in
                try? await Task.sleep(for: .milliseconds(30))
                return nil
            }
            // A device is in one round at a time: rounds of two tasks may wait for each other's.
            let (coordinator, run) = try await CoordinatorFixture.start(
                store, CoordinatorFixture.configuration(step: 3000, epsilon: 20))
            try await train(["one", "two", "three", "four"], fixture, with: coordinator)
            let verification = try await verified(coordinator)
            let tasks = try await coordinator.listTasks().tasks
            #expect(tasks.contains { $0.state == .failed && $0.reason.contains("budget") })
            let spent = try #require(verification.spent).epsilonCoordinator
            #expect(spent <= 20 && spent > 14)
            run.cancel()
            await run.value
        }
    }

    @Test func `a task that is paused while its round's end is stored keeps what came of it`()
        async throws
    {
        let fixture = try CoordinatorFixture(devices: 12, scenario: CoordinatorTests.training)
        try await StoreFixture(.sqlite).withStore { base in
            let store = FaultyStore(base)
            let (coordinator, run) = try await CoordinatorFixture.start(
                store, CoordinatorFixture.configuration())
            let paused = Mutex<Task<Void, any Error>?>(nil)
            store.fail { changes in
                guard Write.outcome.isIn(changes), paused.withLock({ $0 == nil }) else {
                    return nil
                }
                let pausing = Task {
                    var request = Covey_V1_ChangeTaskRequest()
                    request.name = "training"
                    request.change = .pause
                    _ = try await coordinator.changeTask(request)
                }
                paused.withLock { $0 = pausing }
                try? await Task.sleep(for: .milliseconds(100))
                return nil
            }
            for device in fixture.devices { try await device.enrol(coordinator) }
            _ = try await coordinator.createTask(fixture.request("training"))
            let devices = Task { await takePart(fixture, with: coordinator, until: ["training"]) }
            while paused.withLock({ $0 == nil }) { try await Task.sleep(for: .milliseconds(10)) }
            try await paused.withLock { $0 }?.value
            let status = try #require(try await coordinator.listTasks().tasks.first)
            #expect(status.state == .paused)
            #expect(status.queriesDone == 1)
            run.cancel()
            await run.value

            // The next coordinator finds everything that the task refers to.
            let (next, running) = try await CoordinatorFixture.start(
                store, CoordinatorFixture.configuration())
            let model = try await next.modelHash(of: "training")
            #expect(try await next.snapshot(model).count > 1000)
            var request = Covey_V1_ChangeTaskRequest()
            request.name = "training"
            request.change = .resume
            _ = try await next.changeTask(request)
            await takePart(fixture, with: next, until: ["training"])
            #expect(try await next.listTasks().tasks.first?.queriesDone == 3)
            #expect(try await verified(next).charges == 3)
            await devices.value
            running.cancel()
            await running.value
        }
    }

    @Test func `what was accepted in a round is accepted again after its end`() async throws {
        let fixture = try CoordinatorFixture(devices: 12, scenario: CoordinatorTests.training)
        try await StoreFixture(.sqlite).withStore { store in
            let (coordinator, run) = try await CoordinatorFixture.start(
                store, CoordinatorFixture.configuration())
            try await train(["training"], fixture, with: coordinator)
            let device = fixture.devices[0]
            let sent = await device.sent
            #expect(sent.count >= 4)
            for message in sent {
                var request = Covey_V1_SubmitMessageRequest()
                request.session = Data(message.session)
                request.message = Data(message.bytes)
                if message.bytes[0] == 5 {
                    try await coordinator.submitMaskedInput(
                        message.bytes, session: message.session, ticket: nil,
                        device: device.identity.publicKey)
                    continue
                }
                _ = try await coordinator.submitMessage(
                    request, device: device.identity.publicKey)
                request.message[request.message.count - 1] ^= 1
                let other = request
                await #expect(throws: CallError.self) {
                    _ = try await coordinator.submitMessage(
                        other, device: device.identity.publicKey)
                }
            }
            run.cancel()
            await run.value
        }
    }
}

extension FaultyStore {
    /// Decides on every commit with a certain write of a round in it.
    fileprivate func fail(
        at write: CoordinatorFaultTests.Write, _ decide: @escaping @Sendable () -> Fault?
    ) {
        fail { write.isIn($0) ? decide() : nil }
    }
}

extension LedgerVerification {
    fileprivate var charges: Int {
        entries.count { if case .charge = $0.content { true } else { false } }
    }
}
