internal import FederatedProtocol
internal import Foundation
internal import Logging
internal import PrivacyLedger
internal import Simulation

extension PopulationCoordinator {
    /// Leads or stands by, until the task is cancelled; then gives the lease back.
    package func run() async {
        var nextLease = clock.monotonic()
        while !Task.isCancelled {
            let now = clock.monotonic()
            if now >= nextLease {
                nextLease = now + Int64(min(2000, configuration.leaseMilliseconds / 5))
                await keepLease()
                forgetExpiredSums()
            }
            if lease != nil { await moveTasks() } else { await standBy() }
            try? await Task.sleep(for: .milliseconds(lease != nil ? 25 : 200))
        }
        if let lease { try? await store.release(lease) }
    }

    /// Begins no round any more, and waits until those under way are over. Cohorts that do not come
    /// to an end in time are abandoned, and the ledger says so.
    package func drain(within limit: Duration) async {
        isDraining = true
        let end = ContinuousClock.now + limit
        while tasks.contains(where: { $0.round != nil }), ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(50))
        }
        for task in tasks where task.round?.isBusy == false {
            self.end(task.name, .abandoned(step: "drain", left: 0, needed: 0))
        }
        let last = ContinuousClock.now + .seconds(5)
        while tasks.contains(where: { $0.round?.ending != nil }), ContinuousClock.now < last {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    private func keepLease() async {
        let replica = configuration.replica
        do {
            try await store.announce(replica, milliseconds: configuration.leaseMilliseconds)
            replicas = try await store.replicas()
            let taken = try await store.acquire(
                "leader", for: replica, milliseconds: configuration.leaseMilliseconds)
            if let taken, taken == lease { return }
            if lease != nil { stepDown() }
            guard let taken else { return leader = try await store.holder(of: "leader") }
            try await beginLeading(under: taken)
            leader = replica
            logger.info(
                "leading", metadata: ["epoch": "\(taken.epoch)", "tasks": "\(tasks.count)"])
        } catch {
            logger.error("the lease is not renewed", metadata: ["reason": "\(error)"])
            // It may still be held: whatever is written next finds out.
            switch error {
            case StoreError.unavailable, StoreError.full: return
            default: if lease != nil { stepDown() }
            }
        }
    }

    /// Reads everything anew and clears up what the leader before left under way.
    private func beginLeading(under taken: Lease) async throws {
        log = try LedgerLog(bytes: try await store.ledger(from: 0), name: log.name, key: key)
        try configuration.check(log.opening)
        account = try Self.account(of: log)
        try await readDevices()
        tasks = []
        sessions = [:]
        var read: [RunningTask] = []
        for stored in try await store.tasks() {
            do { read.append(try await makeTask(stored)) } catch let error as StoreError {
                throw error
            } catch {
                // The others go on without it.
                logger.error(
                    "a task is left alone",
                    metadata: ["task": "\(stored.name)", "reason": "\(error)"])
            }
        }
        lease = taken
        tasks = read
        for task in read { try await clearUp(task: task.name) }
    }

    func readDevices() async throws {
        let batch = 10_000
        while true {
            let devices = try await store.devices(from: registry.count, limit: batch)
            registry.add(devices)
            if devices.count < batch { return }
        }
    }

    /// A task from the store, as far as its rounds have come.
    func makeTask(_ stored: StoredTask) async throws -> RunningTask {
        func unreadable(_ reason: String) -> CoordinatorError {
            .unreadableTask(name: stored.name, reason: reason)
        }
        guard let lines = try await store.snapshot(stored.catalogue) else {
            throw unreadable("its catalogue is missing")
        }
        let scenario = try Scenario(yaml: stored.scenario, source: stored.name)
        let catalogue = try CatalogueLines.decode(Data(lines))
        var task = try RunningTask(
            stored: stored,
            algorithm: try TaskAlgorithm(
                scenario: scenario, catalogue: catalogue, devices: stored.devices))
        if !stored.checkpoint.isEmpty {
            guard let checkpoint = try await store.snapshot(stored.checkpoint) else {
                throw unreadable("its checkpoint is missing")
            }
            try task.algorithm.restore(from: checkpoint)
        }
        let history = history(of: stored.name)
        task.roundsBegun = history.roundsBegun
        if let account = history.account { task.account = account }
        task.invitations = try await store.invitationCounts(of: stored.name)
        task.latest = try await store.rounds(of: stored.name, limit: RunningTask.mostRemembered)
        task.quality = try await store.quality(of: stored.name)
        return task
    }

    /// Declares rounds abandoned that a leader before had under way.
    private func clearUp(task name: String) async throws {
        guard let index = place(of: name) else { return }
        for var round in tasks[index].latest where [.open, .charged].contains(round.state) {
            logger.warning(
                "abandoned after an interruption",
                metadata: ["task": "\(name)", "round": "\(round.round + 1)"])
            round.state = .abandoned
            round.reason = "the coordinator was interrupted"
            round.ended = clock.wall()
            let ended = round
            try await write {
                Writing(
                    entries: [
                        .outcome(
                            RoundOutcome(
                                task: name, round: ended.round,
                                result: .abandoned(step: "interrupted", left: 0, needed: 0)))
                    ], changes: [.putRound(ended)])
            } applying: {
                endings.note(ended.session, completed: false, reason: ended.reason)
                guard let index = place(of: name),
                    let place = tasks[index].latest.firstIndex(where: { $0.round == ended.round })
                else { return }
                tasks[index].latest[place] = ended
            }
        }
    }
}
