internal import Synchronization

/// What the service counts, for ``PrometheusText``.
final class ServiceMetrics: Sendable {
    /// A kind of request: what was called, and the status of the answer.
    struct Answer: Hashable {
        var call: String
        var status: Int
    }

    /// How long answers took.
    struct Latencies {
        /// Upper ends of the classes, in seconds.
        static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

        /// How many fell into each class, and beyond the last.
        var counts = [Int](repeating: 0, count: bounds.count + 1)
        /// In seconds.
        var sum = 0.0

        mutating func record(_ seconds: Double) {
            let index = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
            counts[index] += 1
            sum += seconds
        }
    }

    /// The figures at one moment.
    struct Figures {
        var answers: [Answer: Int] = [:]
        var latencies: [String: Latencies] = [:]
        /// Bytes of the bodies of requests that were read, by what was called.
        var received: [String: Int] = [:]
        var openConnections = 0
        var connections = 0
        /// Connections that were closed because nothing, or too little, came.
        var timeouts = 0
    }

    private let current = Mutex(Figures())

    var figures: Figures { current.withLock { $0 } }

    func answered(_ call: String, status: Int, after duration: Duration) {
        let seconds = duration / .seconds(1)
        current.withLock { figures in
            figures.answers[Answer(call: call, status: status), default: 0] += 1
            figures.latencies[call, default: Latencies()].record(seconds)
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

    func timedOut() { current.withLock { $0.timeouts += 1 } }
}
