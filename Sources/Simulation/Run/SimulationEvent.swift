/// What a simulation tells whoever watches it.
public enum SimulationEvent: Sendable {
    /// The data are read and the plan is made; nothing is spent yet.
    case planned(SimulationPlan)
    /// A step of a round is under way.
    case step(round: Int, rounds: Int, query: String, step: String, done: Int, total: Int)
    /// A round is finished and its metrics are known.
    case roundFinished(RoundMetrics, rounds: Int)
    /// Work outside the rounds has begun.
    case stage(String)
}

/// Takes events from any task.
public typealias SimulationObserver = @Sendable (SimulationEvent) -> Void
