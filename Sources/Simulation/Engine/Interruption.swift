internal import Synchronization

/// A request to stop at the next opportunity, raised by Ctrl-C.
public final class Interruption: Sendable {
    private let requested = Atomic(false)

    /// No request yet.
    public init() {}

    /// Asks the simulation to stop.
    public func request() { requested.store(true, ordering: .relaxed) }

    /// Whether a stop was asked for.
    public var isRequested: Bool { requested.load(ordering: .relaxed) }

    /// Throws ``Interrupted`` if a stop was asked for.
    func check() throws { if isRequested { throw Interrupted() } }
}

/// A simulation was stopped on request; what was finished before is kept.
public struct Interrupted: Error {}
