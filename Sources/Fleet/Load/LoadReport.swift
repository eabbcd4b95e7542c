/// What a coordinator under load was measured to do; also its JSON.
package struct LoadReport: Sendable, Codable {
    /// "check-ins" or "uploads".
    package var kind: String
    /// Requests a second that were asked for; 0 where they went out as fast as they could.
    package var offeredRate: Double
    /// Requests a second that were answered without an error.
    package var rate: Double
    /// Bytes of bodies a second, sent.
    package var bytesPerSecond: Double
    package var answered: Int
    package var errors: Int
    /// From the moment that a request was due to its answer, in milliseconds.
    package var p50Milliseconds: Double
    package var p99Milliseconds: Double
    package var largestMilliseconds: Double
    package var seconds: Double
    package var connections: Int

    init(
        kind: String, offeredRate: Double, latencies: [Duration], errors: Int, bytes: Int,
        elapsed: Duration, connections: Int
    ) {
        let sorted = latencies.map { $0 / .milliseconds(1) }.sorted()
        func quantile(_ share: Double) -> Double {
            sorted.isEmpty
                ? 0 : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
        }
        let seconds = max(elapsed / .seconds(1), 1e-9)
        self.kind = kind
        self.offeredRate = offeredRate
        rate = Double(sorted.count) / seconds
        bytesPerSecond = Double(bytes) / seconds
        answered = sorted.count
        self.errors = errors
        p50Milliseconds = quantile(0.5)
        p99Milliseconds = quantile(0.99)
        largestMilliseconds = sorted.last ?? 0
        self.seconds = seconds
        self.connections = connections
    }
}
