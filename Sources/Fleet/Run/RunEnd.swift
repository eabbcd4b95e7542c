internal import Simulation

/// When a run, or a part of it, is over whatever it is doing: on an interruption, or after a time.
struct RunEnd: Sendable {
    private let interruption: Interruption
    private let deadline: ContinuousClock.Instant?

    private static let pace = Duration.milliseconds(100)

    /// - Parameter limit: The time from now; nil to wait for an interruption alone.
    init(interruption: Interruption, limit: Duration? = nil) {
        self.interruption = interruption
        deadline = limit.map { .now + $0 }
    }

    /// Runs `body`, which is cancelled once the end has come.
    ///
    /// - Returns: What `body` returns; nil where the end came before.
    func cutting<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result? {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !isReached { try await Task.sleep(for: Self.pace) }
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    private var isReached: Bool {
        interruption.isRequested || deadline.map { $0 <= .now } ?? false
    }
}
