internal import Synchronization

/// What the clients of a process have done so far.
package final class Traffic: Sendable {
    /// The counts at one moment.
    package struct Counts: Sendable, Hashable, Codable {
        package var requests = 0
        /// Bytes of bodies.
        package var sent = 0
        /// Bytes of bodies.
        package var received = 0
        package var retries = 0
        /// Answers that were errors, by their codes, and requests without an answer.
        package var errors: [String: Int] = [:]
    }

    private let counted = Mutex(Counts())

    package init() {}

    /// The counts now.
    package var counts: Counts { counted.withLock { $0 } }

    func count(_ change: (inout Counts) -> Void) { counted.withLock { change(&$0) } }
}
