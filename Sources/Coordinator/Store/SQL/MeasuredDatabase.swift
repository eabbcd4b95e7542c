internal import Synchronization

/// A database whose commits are timed, from the asking to the answer.
final class MeasuredDatabase: SQLDatabase {
    private let base: any SQLDatabase
    private let times = Mutex(Latencies())

    init(_ base: any SQLDatabase) { self.base = base }

    /// Of all commits so far, failed ones included.
    var commitTimes: Latencies { times.withLock { $0 } }

    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result { try await base.read(body) }

    func readMoment<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result { try await base.readMoment(body) }

    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result {
        let start = ContinuousClock.now
        defer { times.withLock { $0.record(ContinuousClock.now - start) } }
        return try await base.write(body)
    }

    func close() async { await base.close() }
}
