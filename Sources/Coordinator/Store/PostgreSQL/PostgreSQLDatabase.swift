#if PostgreSQL
    internal import Foundation

    /// A PostgreSQL database over a few connections. Transactions see what others commit (READ
    /// COMMITTED); where they must not, the statements take the locks.
    final class PostgreSQLDatabase: SQLDatabase {
        private static let connectionCount = 4
        private static let mostAttempts = 12

        private let target: PostgreSQLTarget
        private let connections: [PostgreSQLConnection]
        private let workers: BlockingWorkers<PostgreSQLConnection>

        init(_ string: ConnectionString) {
            let target = PostgreSQLTarget(string)
            self.target = target
            connections = (0..<Self.connectionCount).map { _ in PostgreSQLConnection(to: target) }
            workers = BlockingWorkers("CoordinatorStore connection", connections)
        }

        func read<Result: Sendable>(
            _ body: @escaping @Sendable (any SQLConnection) throws -> Result
        ) async throws -> Result {
            try await workers.run { connection in try Self.repeating { try body(connection) } }
        }

        func readMoment<Result: Sendable>(
            _ body: @escaping @Sendable (any SQLConnection) throws -> Result
        ) async throws -> Result {
            // A connection of its own, as it may take long.
            let connection = PostgreSQLConnection(to: target)
            let worker = BlockingWorkers("CoordinatorStore reader", [connection])
            return try await worker.run { connection in
                try Self.repeating(mostAttempts: 1) {
                    try connection.transaction(
                        """
                        SET statement_timeout TO 0; SET idle_in_transaction_session_timeout TO 0;
                        BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
                        """, body)
                }
            }
        }

        func write<Result: Sendable>(
            _ body: @escaping @Sendable (any SQLConnection) throws -> Result
        ) async throws -> Result {
            try await workers.run { connection in
                try Self.repeating {
                    try connection.transaction("BEGIN ISOLATION LEVEL READ COMMITTED", body)
                }
            }
        }

        func close() async {
            await workers.stop()
            for connection in connections { connection.disconnect() }
        }

        /// Runs `body` until nobody is in its way.
        private static func repeating<Result>(
            mostAttempts: Int = mostAttempts, _ body: () throws -> Result
        ) throws -> Result {
            var attempt = 1
            while true {
                do { return try body() } catch let failure as PostgreSQLFailure {
                    guard failure.kind != .lasting, attempt < mostAttempts else {
                        throw failure.error
                    }
                    // Those that met wait for different times, so as not to meet again.
                    let longest = 0.001 * Double(1 << min(attempt, 8))
                    Thread.sleep(forTimeInterval: .random(in: 0...longest))
                    attempt += 1
                }
            }
        }
    }
#endif
