internal import Coordinator
internal import Synchronization

/// What the service counts, for ``PrometheusText``.
final class ServiceMetrics: Sendable {
    /// A kind of request: what was called, and the status of the answer.
    struct Answer: Hashable {
        var call: String
        var status: Int
    }

    /// The figures at one moment.
    struct Figures {
        var answers: [Answer: Int] = [:]
        /// How long answers took, by what was called.
        var latencies: [String: Latencies] = [:]
        /// Bytes of the bodies of requests that were read, by what was called.
        var received: [String: Int] = [:]
        var openConnections = 0
        var connections = 0
        /// Connections that were closed at once, as their address has enough of them.
        var refusedConnections = 0
        /// Connections that were closed because nothing, or too little, came.
        var timeouts = 0
    }

    private let current = Mutex(Figures())

    var figures: Figures { current.withLock { $0 } }

    func answered(_ call: String, status: Int, after duration: Duration) {
        current.withLock { figures in
            figures.answers[Answer(call: call, status: status), default: 0] += 1
            figures.latencies[call, default: Latencies()].record(duration)
        }
    }

    /// Counts bytes that came, never those that a client only announces.
    func received(_ byteCount: Int, by call: String) {
        current.withLock { $0.received[call, default: 0] += byteCount }
    }

    func connectionOpened() {
        current.withLock { figures in
            figures.openConnections += 1
            figures.connections += 1
        }
    }

    func connectionClosed() { current.withLock { $0.openConnections -= 1 } }

    func connectionRefused() { current.withLock { $0.refusedConnections += 1 } }

    func timedOut() { current.withLock { $0.timeouts += 1 } }
}
