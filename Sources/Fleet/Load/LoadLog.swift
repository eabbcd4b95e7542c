internal import Synchronization

/// What came of requests so far, from any task.
final class LoadLog: Sendable {
    /// At one moment.
    struct Outcome: Sendable {
        var latencies: [Duration] = []
        var errors = 0
        /// Bytes of bodies, sent.
        var bytes = 0
        var first: ContinuousClock.Instant?
        var last: ContinuousClock.Instant?
    }

    private let logged = Mutex(Outcome())

    var outcome: Outcome { logged.withLock { $0 } }

    /// Notes a request that was due at `start` and answered now.
    func answered(since start: ContinuousClock.Instant, bytes: Int = 0) {
        let end = ContinuousClock.now
        logged.withLock {
            $0.latencies.append(end - start)
            $0.bytes += bytes
            $0.first = min($0.first ?? start, start)
            $0.last = max($0.last ?? end, end)
        }
    }

    func failed() { logged.withLock { $0.errors += 1 } }
}
