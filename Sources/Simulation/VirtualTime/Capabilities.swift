/// What one device and its connection can do.
struct Capability: Sendable, Hashable {
    /// Relative to the median phone.
    var speed: Double
    /// Bytes a second.
    var down: Double
    /// Bytes a second.
    var up: Double
    /// Seconds that a request takes without its data.
    var latency: Double
}

/// The capabilities of all devices: a pure function of the seed and the device's number.
struct Capabilities: Sendable {
    private let phones: PhoneModel
    private let network: NetworkModel
    private let recorded: [Capability]
    private let assignment: TraceAssignment?
    private let key: UInt64

    private static let bytesPerMegabit = 125_000.0

    /// - Parameter trace: A CSV file with the columns speed, down and up, where there is one.
    init(
        _ phones: PhoneModel, _ network: NetworkModel, trace: TraceFile?, seed: UInt64
    ) throws(VirtualTimeError) {
        self.phones = phones
        self.network = network
        key = VirtualDraws.key(seed: seed, "capabilities")
        var recorded: [Capability] = []
        for row in trace?.rows ?? [] {
            for (column, value) in zip(Self.columns, row.values) where value <= 0 {
                throw .badTrace(
                    path: trace?.path ?? "", line: row.line, field: column, value: "\(value)",
                    expected: "a number above 0")
            }
            recorded.append(
                Capability(
                    speed: row.values[0], down: row.values[1] * Self.bytesPerMegabit,
                    up: row.values[2] * Self.bytesPerMegabit, latency: 0))
        }
        self.recorded = recorded
        assignment =
            recorded.isEmpty
            ? nil
            : TraceAssignment(
                count: recorded.count, order: phones.traceOrder,
                key: VirtualDraws.key(seed: seed, "capability lines"))
    }

    static let columns = ["speed", "down", "up"]

    subscript(device: Int) -> Capability {
        var draws = VirtualDraws(key: key, device)
        let latency = draws.logNormal(
            median: network.latencyMs / 1000, spread: network.latencySpread)
        if let assignment {
            var capability = recorded[assignment.line(of: device)]
            capability.latency = latency
            return capability
        }
        let connection = draws.logNormal(median: Self.bytesPerMegabit, spread: network.spread)
        return Capability(
            speed: draws.logNormal(median: 1, spread: phones.speedSpread),
            down: network.downMbps * connection, up: network.upMbps * connection, latency: latency)
    }
}
