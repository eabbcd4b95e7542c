internal import ServiceLifecycle

/// Waits for a graceful shutdown, and then for what is under way.
struct DrainService: Service {
    let state: ServiceState
    let limit: Duration
    let drain: @Sendable (_ limit: Duration) async -> Void

    /// What is left of the time when rounds are not waited for any more: to abandon them, the ledger
    /// must be written.
    private var margin: Duration { min(.seconds(5), limit / 2) }

    func run() async throws {
        try await gracefulShutdown()
        state.leave()
        // What does not end in time is left alone, not waited for.
        let (ends, source) = AsyncStream.makeStream(of: Void.self)
        let draining = Task { [drain, limit, margin] in
            await drain(limit - margin)
            source.yield()
        }
        let waiting = Task { [limit] in
            try await Task.sleep(for: limit)
            source.yield()
        }
        for await _ in ends { break }
        draining.cancel()
        waiting.cancel()
    }
}
