internal import DifferentialPrivacy
internal import FederatedProtocol
internal import Foundation
internal import OnDevice
internal import PrivacyLedger
internal import Recommender
package import Simulation
internal import Sodium
internal import Yams

/// Many simulated devices that take part in a coordinator's rounds over the network, each with its own
/// key, encrypted store and account.
package struct Fleet: Sendable {
    private let simulation: Simulation
    private let options: FleetOptions
    private let folder: FleetFolder
    private let deviceCount: Int
    private let interruption: Interruption
    private let report: @Sendable (String) -> Void
    package let traffic = Traffic()
    package let status: FleetStatus

    /// - Parameters:
    ///   - simulation: The devices' data, and how models are judged.
    ///   - options: What is asked for.
    ///   - interruption: Ends the run when raised.
    ///   - report: Told what happens, in words.
    /// - Throws: ``FleetError``, ``BehaviourError/tooMany(asked:devices:)``.
    package init(
        simulation: Simulation, options: FleetOptions, interruption: Interruption,
        report: @escaping @Sendable (String) -> Void
    ) throws {
        let people = simulation.deviceCount
        deviceCount = options.devices ?? people
        guard deviceCount <= people else {
            throw FleetError.tooFewPeople(asked: deviceCount, people: people)
        }
        folder = try FleetFolder(path: options.folder)
        self.simulation = simulation
        self.options = options
        self.interruption = interruption
        self.report = report
        status = FleetStatus(devices: deviceCount)
    }

    /// Runs the fleet to its end, and judges the models.
    package func run() async throws -> FleetSummary {
        OpenFileLimit.raise()
        let exchange = PooledExchange(connections: options.connections)
        do {
            let summary = try await run(over: exchange)
            try? await exchange.shutdown()
            return summary
        } catch {
            try? await exchange.shutdown()
            throw error
        }
    }

    /// The same over any carrier of requests.
    func run(over exchange: any HTTPExchange) async throws -> FleetSummary {
        let start = ContinuousClock.now
        let quality = try await run(
            try CoordinatorClient(url: options.coordinator, exchange: exchange, traffic: traffic))
        let counts = status.counts
        return FleetSummary(
            devices: deviceCount, finished: counts.finished, left: counts.left,
            declined: counts.declined, reasons: counts.reasons, traffic: traffic.counts,
            seconds: (ContinuousClock.now - start) / .seconds(1),
            peakMemoryBytes: ProcessUsage.current.peakMemoryBytes, quality: quality)
    }

    private func run(_ client: CoordinatorClient) async throws -> [FleetSummary.TaskQuality] {
        let expected = try options.ledgerKey ?? folder.pinnedKey()
        let newDevices = (0..<deviceCount).filter { !folder.store(of: $0).exists }
        let contact = RunEnd(interruption: interruption, limit: options.end.limit)
        let answer = try await contact.cutting {
            try await client.checkTokens(options.tokens, for: newDevices)
            return try await LedgerTrust(asking: client, expecting: expected)
        }
        guard let trust = answer else { throw FleetError.noAnswer(url: options.coordinator) }
        try folder.pin(trust.key, data: try dataSettings())
        let isRehearsal = trust.opening.randomness == .seeded
        guard !isRehearsal || options.behaviours.groups.isEmpty else {
            throw FleetError.behavioursInRehearsal
        }
        let parameters = ParametersInMemory()
        let tasks = TaskLibrary(client: client, catalogue: simulation.items)
        let setting = FleetDevice.Setting(
            trust: trust, tasks: tasks, events: HistoryEvents(catalogue: simulation.items),
            cap: try PrivacyBudget(
                epsilon: options.cap, delta: trust.opening.target.budget.delta),
            status: status, parameters: parameters,
            spread: .seconds(min(20, Double(deviceCount) / 500)), report: report)
        let devices = try await makeDevices(setting, client)
        if isRehearsal {
            // One after the other: their numbers are to be those of the simulator.
            try await RunEnd(interruption: interruption).cutting {
                for device in devices { try await device.enrol() }
            }
        }
        let watch = FleetWatch(
            client: client,
            judge: ModelJudge(
                client: client, trust: trust, folder: folder, simulation: simulation, tasks: tasks,
                parameters: parameters, deviceCount: deviceCount, isRehearsal: isRehearsal),
            end: options.end, administratorToken: options.administratorToken,
            interruption: interruption, report: report)
        try await run(devices, until: watch)
        return interruption.isRequested ? [] : try await quality(watch)
    }

    /// The quality of the tasks' models; the run is over, so that what stands in the way is said only.
    private func quality(_ watch: FleetWatch) async throws -> [FleetSummary.TaskQuality] {
        var quality: [FleetSummary.TaskQuality] = []
        do {
            let tasks = try await RunEnd(interruption: interruption, limit: Self.patience).cutting {
                try await watch.tasks()
            }
            guard let tasks else { throw FleetError.noAnswer(url: options.coordinator) }
            for task in tasks {
                if let judged = try await watch.judge.judge(task) { quality.append(judged) }
            }
        } catch {
            try Task.checkCancellation()
            report("the models are not judged: \(error)")
        }
        return quality
    }

    /// What the histories follow from, by the keys of the scenario.
    private func dataSettings() throws -> [String: String] {
        let all = try Yams.load(yaml: simulation.scenario.resolvedYAML) as? [String: Any] ?? [:]
        var settings = ["seed": "\(simulation.scenario.seed)"]
        for (key, value) in all["data"] as? [String: Any] ?? [:] {
            settings["data.\(key)"] = "\(value)"
        }
        return settings
    }

    private func makeDevices(
        _ setting: FleetDevice.Setting, _ client: CoordinatorClient
    ) async throws -> [FleetDevice] {
        let groups = try options.behaviours.assignment(devices: deviceCount)
        report("preparing \(deviceCount) devices")
        // Their disks take most of the time: a few at once.
        return try await withThrowingTaskGroup(of: (Int, FleetDevice).self) { group in
            var devices = [FleetDevice?](repeating: nil, count: deviceCount)
            for number in 0..<deviceCount {
                if number >= 8, let (done, device) = try await group.next() {
                    devices[done] = device
                }
                if interruption.isRequested { throw CancellationError() }
                group.addTask {
                    let store = folder.store(of: number)
                    let identity = try store.prepare(
                        identity: { try seed(of: number, setting) },
                        history: simulation.history(of: number),
                        events: setting.events)
                    return (
                        number,
                        try FleetDevice(
                            number: number, identity: identity, store: store, client: client,
                            enrolmentToken: options.tokens.indices.contains(number)
                                ? options.tokens[number] : "",
                            behaviour: groups[number]?.behaviour ?? .honest, setting: setting)
                    )
                }
            }
            for try await (done, device) in group { devices[done] = device }
            return devices.compactMap { $0 }
        }
    }

    /// The seed of a new device's key.
    private func seed(of device: Int, _ setting: FleetDevice.Setting) throws -> SecretBytes {
        guard setting.isRehearsal else {
            var randomness = SystemRandomness()
            return SecretBytes(count: SigningKey.seedLength, from: &randomness)
        }
        return SimulatedDraws.identitySeed(seed: simulation.scenario.seed, device: device)
    }

    /// How long a coordinator that is away is waited for at the end.
    private static let patience = Duration.seconds(10)

    /// Lets the devices run until the watch says that it is over, or all were refused; then they
    /// leave their rounds.
    private func run(_ devices: [FleetDevice], until watch: FleetWatch) async throws {
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await withThrowingTaskGroup { group in
                    group.addTask { try await watch.untilEnd() }
                    group.addTask {
                        await withDiscardingTaskGroup { running in
                            for device in devices { running.addTask { await device.run() } }
                        }
                    }
                    try await group.next()
                    group.cancelAll()
                })
        } catch { result = .failure(error) }
        await withTaskGroup { group in
            group.addTask {
                await withDiscardingTaskGroup { leaving in
                    for device in devices { leaving.addTask { await device.leave() } }
                }
            }
            group.addTask { try? await Task.sleep(for: Self.patience) }
            await group.next()
            group.cancelAll()
        }
        try result.get()
        let counts = status.counts
        if counts.activities[.refused] == deviceCount {
            throw FleetError.nobodyEnrolled(reason: counts.reasons.keys.first ?? "")
        }
    }
}
