#if PostgreSQL
    internal import CPostgreSQL
    internal import Synchronization

    /// A server, and whether it was there when it was asked last.
    final class PostgreSQLTarget: Sendable {
        /// What every session begins with. One that stands still in the middle of a transaction must
        /// not keep all others from their locks; and a commit that is not on the disk is none.
        static let session = """
            SET search_path TO covey;
            SET lock_timeout TO '10s';
            SET statement_timeout TO '60s';
            SET idle_in_transaction_session_timeout TO '10s';
            SELECT set_config('synchronous_commit', 'on', false)
            WHERE current_setting('synchronous_commit') = 'off'
            """

        private struct Outage {
            let end: ContinuousClock.Instant
            let failure: PostgreSQLFailure
        }

        private let string: ConnectionString
        // While a server is away, all that wait need not find it out one after the other.
        private let outage = Mutex<Outage?>(nil)
        private static let pause = Duration.milliseconds(500)

        init(_ string: ConnectionString) { self.string = string }

        /// Makes a connection.
        func connect() throws(PostgreSQLFailure) -> OpaquePointer {
            if let outage = outage.withLock({ $0 }), outage.end > .now { throw outage.failure }
            let keywords = string.options.map { [UInt8]($0.keyword.utf8) } + [nil]
            let values = string.options.map { [UInt8]($0.value.utf8) } + [nil]
            let handle = withPointers(to: keywords) { keywords in
                withPointers(to: values) { PQconnectdbParams(keywords, $0, 0) }
            }
            guard PQstatus(handle) == CONNECTION_OK, let handle else {
                let failure = PostgreSQLFailure(.lasting, .unavailable(message(of: handle)))
                PQfinish(handle)
                outage.withLock { $0 = Outage(end: .now + Self.pause, failure: failure) }
                throw failure
            }
            // Notices go nowhere instead of to the standard error.
            PQsetNoticeProcessor(handle, { _, _ in }, nil)
            outage.withLock { $0 = nil }
            return handle
        }

        /// What is wrong with a connection, in one line.
        func message(of handle: OpaquePointer?) -> String {
            let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
            let lines = text.split(separator: "\n").map { $0.drop { $0 == "\t" || $0 == " " } }
            return lines.isEmpty ? "the connection is gone" : lines.joined(separator: "; ")
        }
    }
#endif
