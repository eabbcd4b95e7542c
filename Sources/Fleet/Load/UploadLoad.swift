internal import DifferentialPrivacy
internal import FederatedProtocol
internal import OnDevice
internal import PrivacyLedger
internal import PrivateAggregation
internal import Sodium

/// One round whose masked inputs all go out at once: how fast a coordinator adds up what it receives. It
/// needs a task that waits for as many devices as are enrolled here.
package struct UploadLoad: Sendable {
    package var coordinator: String
    package var connections: Int
    package var devices: Int
    package var tokens: [String]
    /// How long to wait for the round, and for those that do not come to the uploads.
    package var patience: Duration

    package init(
        coordinator: String, connections: Int, devices: Int, tokens: [String] = [],
        patience: Duration = .seconds(120)
    ) {
        self.coordinator = coordinator
        self.connections = connections
        self.devices = devices
        self.tokens = tokens
        self.patience = patience
    }

    /// Enrols the devices, takes them through a round and measures its uploads.
    package func run() async throws -> LoadReport {
        let exchange = PooledExchange(connections: connections)
        do {
            let report = try await run(
                try CoordinatorClient(url: coordinator, exchange: exchange))
            try? await exchange.shutdown()
            return report
        } catch {
            try? await exchange.shutdown()
            throw error
        }
    }

    private func run(_ client: CoordinatorClient) async throws -> LoadReport {
        let devices = try await LoadDevices(count: devices, tokens: tokens, client: client)
        let gate = StartingGate(count: self.devices)
        let log = LoadLog()
        let limit = Task {
            try await Task.sleep(for: patience)
            await gate.open()
        }
        await withDiscardingTaskGroup { all in
            for (device, identity) in zip(devices.clients, devices.identities) {
                all.addTask {
                    do {
                        try await takePart(device, identity, devices.trust, gate: gate, log)
                    } catch {
                        await gate.arrive(waiting: false)
                        log.failed()
                    }
                }
            }
        }
        limit.cancel()
        let found = log.outcome
        let elapsed = found.first.flatMap { first in found.last.map { $0 - first } } ?? .zero
        return LoadReport(
            kind: "uploads", offeredRate: 0, latencies: found.latencies, errors: found.errors,
            bytes: found.bytes, elapsed: elapsed, connections: connections)
    }

    /// The round that a device is offered, if one is within the time that there is patience for.
    private func offer(to transport: HTTPRoundTransport) async throws -> RoundOffer {
        let end = ContinuousClock.now + patience
        while .now < end {
            if let offer = try await transport.offer(knowing: nil) { return offer }
            try await transport.window?.wait()
        }
        throw CallError(.deadlineExceeded, "the coordinator offered no round in time")
    }

    private func takePart(
        _ client: DeviceClient, _ identity: SigningKey, _ trust: LedgerTrust, gate: StartingGate,
        _ log: LoadLog
    ) async throws {
        let transport = HTTPRoundTransport(device: client)
        let offer = try await offer(to: transport)
        let session = offer.plan.session
        let record = try DeviceRecord(
            opening: trust.opening,
            cap: try PrivacyBudget(epsilon: 1e6, delta: trust.opening.target.budget.delta))
        var round = DeviceRound(
            identity: identity, terms: DeviceTerms(minimumSurvivors: 2, corruptShare: 0),
            noise: SystemRandomness(), keys: SystemRandomness())
        guard case .charge = try round.consider(offer, record: record) else {
            throw CallError(.failedPrecondition, "the round is not one that a device agrees to")
        }
        var effect = try round.recordIsDurable()
        while true {
            switch effect {
            case .send(let message):
                if UInt32(message.first ?? 0) == MessageKind.maskedInput {
                    await gate.arrive(waiting: true)
                    let start = ContinuousClock.now
                    try await transport.send(message, in: session)
                    log.answered(since: start, bytes: message.count)
                } else {
                    try await transport.send(message, in: session)
                }
                guard let next = try await transport.nextMessage(in: session) else { return }
                effect = try round.receive(next)
            case .contribute:
                effect = try round.contribute(
                    [Float](repeating: 0, count: offer.plan.sum.dimension))
            case .finish(let message):
                try await transport.send(message, in: session)
                return
            }
        }
    }
}

/// Holds devices back until all are there.
private actor StartingGate {
    private var missing: Int
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) { missing = count }

    func arrive(waiting isWaiting: Bool) async {
        missing -= 1
        if missing <= 0 { open() }
        guard isWaiting, !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
