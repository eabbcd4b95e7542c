internal import FederatedProtocol

/// Check-ins at a fixed rate, whether or not the coordinator keeps up with it: what waits for a
/// connection waits by the clock.
package struct CheckInLoad: Sendable {
    package var coordinator: String
    /// Check-ins a second.
    package var rate: Double
    package var duration: Duration
    package var connections: Int
    /// The devices that check in, in turn.
    package var devices: Int
    package var tokens: [String]

    package init(
        coordinator: String, rate: Double, duration: Duration, connections: Int, devices: Int,
        tokens: [String] = []
    ) {
        self.coordinator = coordinator
        self.rate = rate
        self.duration = duration
        self.connections = connections
        self.devices = devices
        self.tokens = tokens
    }

    /// Enrols the devices and measures.
    package func run() async throws -> LoadReport {
        let exchange = PooledExchange(connections: connections)
        do {
            let report = try await run(exchange)
            try? await exchange.shutdown()
            return report
        } catch {
            try? await exchange.shutdown()
            throw error
        }
    }

    private func run(_ exchange: PooledExchange) async throws -> LoadReport {
        let enrolling = try CoordinatorClient(url: coordinator, exchange: exchange)
        let devices = try await LoadDevices(
            count: devices, tokens: tokens, client: enrolling
        ).clients.map { device in
            try device.over(
                CoordinatorClient(
                    url: coordinator, exchange: exchange, retry: RetryPolicy(attempts: 1)))
        }
        let log = LoadLog()
        let start = ContinuousClock.now
        await withDiscardingTaskGroup { group in
            let total = Int(rate * (duration / .seconds(1)))
            for number in 0..<total {
                let due = start + .seconds(Double(number) / rate)
                // The clock of sleeping tasks is coarse: what is due by now goes out together.
                if due > .now { try? await Task.sleep(until: due, clock: .continuous) }
                let device = devices[number % devices.count]
                group.addTask {
                    do {
                        let _: Covey_V1_CheckInResponse = try await device.call(
                            .checkIn, Covey_V1_CheckInRequest())
                        log.answered(since: due)
                    } catch { log.failed() }
                }
            }
        }
        let elapsed = ContinuousClock.now - start
        let found = log.outcome
        return LoadReport(
            kind: "check-ins", offeredRate: rate, latencies: found.latencies, errors: found.errors,
            bytes: 0, elapsed: elapsed, connections: connections)
    }
}
