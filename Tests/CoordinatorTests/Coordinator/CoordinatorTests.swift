import FederatedProtocol
import Foundation
import PrivacyLedger
import Recommender
import Sodium
import Synchronization
import Testing

@testable import Coordinator
@testable import Simulation

@Suite("Coordinator") struct CoordinatorTests {
    static let training = """
        name: test
        seed: 5
        algorithm: {name: co-occurrence, keptItems: 20, dimensions: 4, passes: 1}
        privacy: {epsilon: 20, delta: 1e-5}
        cohort: {selection: everyone, toleratedDropout: 0.4, colludingShare: 0.05, spareRounds: 3}
        evaluation: {negatives: 20}
        """

    private func isOver(_ coordinator: PopulationCoordinator, _ task: String) async -> Bool {
        guard
            let status = try? await coordinator.listTasks().tasks.first(where: { $0.name == task })
        else { return false }
        return status.state == .finished || status.state == .failed
    }

    private func train(
        _ fixture: CoordinatorFixture, with coordinator: PopulationCoordinator,
        fate: @escaping @Sendable (_ device: Int, _ round: Int) -> DeviceStep? = { _, _ in nil }
    ) async throws {
        for device in fixture.devices { try await device.enrol(coordinator) }
        _ = try await coordinator.createTask(fixture.request("training"))
        await withTaskGroup(of: Void.self) { group in
            for device in fixture.devices {
                group.addTask {
                    await device.takePart(
                        in: coordinator, fate: { fate(device.number, $0) },
                        until: { await isOver(coordinator, "training") })
                }
            }
        }
    }

    @Test(arguments: StoreKind.available)
    func `a task is trained to its end, and its ledger is in order`(_ kind: StoreKind) async throws
    {
        let fixture = try CoordinatorFixture(devices: 14, scenario: Self.training)
        try await StoreFixture(kind).withStore { store in
            let (coordinator, run) = try await CoordinatorFixture.start(
                store, CoordinatorFixture.configuration())
            try await train(fixture, with: coordinator)
            let status = try #require(try await coordinator.listTasks().tasks.first)
            #expect(status.state == .finished)
            #expect(status.queriesDone == 3)
            #expect(status.roundsBegun == 3)
            for device in fixture.devices { #expect(await device.finished == 3) }
            let verification = try LedgerVerification(bytes: try await coordinator.ledger(from: 0))
            #expect(verification.findings.isEmpty)
            #expect(verification.spent?.epsilonCoordinator ?? 0 > 0)
            let model = try await coordinator.modelHash(of: "training")
            #expect(try await coordinator.snapshotByteCount(model) > 1000)
            // Who does not lead tells the same of it.
            let (follower, following) = try await CoordinatorFixture.start(
                store, CoordinatorFixture.configuration(replica: "two"))
            #expect(try await follower.overview().tasks == coordinator.overview().tasks)
            let size = try await coordinator.ledgerByteCount()
            #expect(try await follower.ledgerByteCount() == size)
            // Neither tells what no one needs.
            let checkpoint = try #require(try await store.tasks().first).checkpoint
            #expect(try await store.snapshotByteCount(checkpoint) ?? 0 > 0)
            for one in [coordinator, follower] {
                let bytes = try await one.snapshot(model)
                #expect(try await one.snapshotByteCount(model) == bytes.count)
                await #expect(throws: CallError.self) { try await one.snapshot(checkpoint) }
                await #expect(throws: CallError.self) {
                    try await one.snapshotByteCount(checkpoint)
                }
            }
            following.cancel()
            await following.value
            run.cancel()
            await run.value
        }
    }

    @Test(.enabled(if: StoreKind.available.contains(.postgreSQL), "PostgreSQL is not installed"))
    func `a cohort spans replicas, and one that dies takes its uploads with it only`() async throws
    {
        let fixture = try CoordinatorFixture(devices: 18, scenario: Self.training)
        let database = try StoreFixture(.postgreSQL)
        var stores: [any CoordinatorStore] = []
        var replicas: [(coordinator: PopulationCoordinator, run: Task<Void, Never>)] = []
        for name in ["one", "two", "three"] {
            let store = try await database.open()
            stores.append(store)
            replicas.append(
                try await CoordinatorFixture.start(
                    store, CoordinatorFixture.configuration(replica: name, masking: 8000)))
        }
        // All have announced themselves, and the leader has looked.
        let leader = replicas[0].coordinator
        while await leader.replicas.count < 3 {
            try await Task.sleep(for: .milliseconds(50))
        }
        let (two, three) = (replicas[1].coordinator, replicas[2].coordinator)
        let isThreeAlive = Mutex(true)
        let run = replicas[2].run
        for device in fixture.devices {
            await device.collect { address in
                if address.hasPrefix("http://two.") { return two }
                return isThreeAlive.withLock { $0 } ? three : nil
            }
        }
        let watch = Task {
            // The third dies when it has collected something of the second round.
            while true {
                try await Task.sleep(for: .milliseconds(5))
                let round = try await leader.overview().tasks.first?.roundsBegun
                guard round == 2, await three.collectors.values.contains(where: { $0.count > 0 })
                else { continue }
                isThreeAlive.withLock { $0 = false }
                run.cancel()
                return
            }
        }
        try await train(fixture, with: leader)
        watch.cancel()
        let log = try LedgerVerification(bytes: try await two.ledger(from: 0))
        #expect(log.findings.isEmpty)
        let contributors = log.entries.compactMap { entry -> Int? in
            guard case .outcome(let outcome) = entry.content,
                case .completed(let contributors, _, _) = outcome.result
            else { return nil }
            return contributors
        }
        #expect(contributors.count == 3)
        #expect(contributors.first == 18)
        #expect(contributors[1] < 18)
        for replica in replicas {
            replica.run.cancel()
            await replica.run.value
        }
        for store in stores { await store.close() }
    }

    @Test func `a rehearsal gives the simulator's model, with devices lost at every step`()
        async throws
    {
        let yaml = Self.training + "\nfaults: {dropout: 0.3}"
        let fixture = try CoordinatorFixture(devices: 16, scenario: yaml)
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let simulated = try await Simulation(scenario: fixture.scenario).run(in: folder)
        let faults = FaultModel(seed: fixture.scenario.seed, dropout: fixture.scenario.dropout)
        try await StoreFixture(.sqlite).withStore { store in
            let (coordinator, run) = try await CoordinatorFixture.start(
                store, CoordinatorFixture.configuration(rehearsal: true))
            try await train(fixture, with: coordinator) { device, round in
                faults.fates(round: round, devices: [device])[0].lastStep
            }
            let log = try LedgerVerification(bytes: try await coordinator.ledger(from: 0))
            #expect(log.findings.isEmpty)
            let after = log.entries.compactMap { entry -> [UInt8]? in
                guard case .outcome(let outcome) = entry.content,
                    case .completed(_, _, let model) = outcome.result
                else { return nil }
                return model
            }
            #expect(after.count == 3)
            #expect(after.last.map { hexadecimal($0) } == simulated.modelHash)
            run.cancel()
            await run.value
        }
    }

    // With a thousandth of the rate that a coordinator answers, 80 devices are as 80,000.
    @Test func `rounds invite those that were told to come again in time`() async throws {
        let fixture = try CoordinatorFixture(
            devices: 80,
            scenario: Self.training.replacing(
                "selection: everyone", with: "selection: rotation, size: 14"))
        try await StoreFixture(.sqlite).withStore { store in
            let (coordinator, run) = try await CoordinatorFixture.start(
                store, CoordinatorFixture.configuration(checkInsPerSecond: 0.5))
            let request = Covey_V1_CheckInRequest()
            for device in fixture.devices {
                try await device.enrol(coordinator)
                _ = try await coordinator.checkIn(request, device: device.identity.publicKey)
            }
            // How many are active is counted twice a second.
            try await Task.sleep(for: .milliseconds(600))
            _ = try await coordinator.createTask(fixture.request("training"))
            var latest: [Int: UInt32] = [:]
            var offered: Set<Int> = []
            let deadline = ContinuousClock.now + .seconds(20)
            // All come again, and those that are told to come soon once more, until the round has begun.
            while offered.count < 14, ContinuousClock.now < deadline {
                for device in fixture.devices where latest[device.number] ?? 0 < 120_000 {
                    let identity = device.identity.publicKey
                    switch try await coordinator.checkIn(request, device: identity).result {
                    case .wait(let wait): latest[device.number] = wait.latestMs
                    case .offer: offered.insert(device.number)
                    case nil: Issue.record("no answer")
                    }
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(offered.count == 14)
            let far = fixture.devices.filter { latest[$0.number] ?? 0 >= 120_000 }
            #expect(far.count >= 80 - 14 - 28)
            for device in far {
                let answer = try await coordinator.checkIn(
                    request, device: device.identity.publicKey)
                #expect(answer.result.map { if case .wait = $0 { true } else { false } } == true)
            }
            run.cancel()
            await run.value
        }
    }
}

extension Fate {
    /// The step after which the device is silent; nil where it stays.
    fileprivate var lastStep: DeviceStep? {
        switch self {
        case .absent: .charged
        case .lostAfterAdvertising: .advertised
        case .lostAfterSharing: .shared
        case .lostAfterMasking: .contributed
        case .stays: nil
        }
    }
}
