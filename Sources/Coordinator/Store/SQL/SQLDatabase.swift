/// A database that ``SQLStore`` is built on. The work runs on threads of its own, as Swift's must not
/// wait for disks and servers.
protocol SQLDatabase: Sendable {
    /// Runs queries, each of which sees whatever is committed by then.
    func read<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result

    /// Runs queries that all see the same moment, once, for as long as it takes; others are not kept
    /// up.
    func readMoment<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result

    /// Runs a transaction, which is durable when this returns. It is run again where others were in
    /// its way: `body` changes nothing but the database.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Result
    ) async throws -> Result

    /// Finishes what was begun and closes all connections.
    func close() async
}
