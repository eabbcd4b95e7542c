internal import Synchronization

/// What the parts of a running service tell each other.
final class ServiceState: Sendable {
    private let leaving = Atomic(false)

    /// Whether the coordinator is about to stop.
    var isLeaving: Bool { leaving.load(ordering: .relaxed) }

    /// Says that the coordinator is about to stop.
    func leave() { leaving.store(true, ordering: .relaxed) }
}
