#if PostgreSQL
    internal import CPostgreSQL

    /// A connection to a PostgreSQL server, made when it is first needed and made anew when it was
    /// lost. Everything stands in the server's schema "covey".
    ///
    /// It may move between threads, as libpq lets it, but is in the hands of one at a time: a worker
    /// owns it while a job runs, and ``disconnect()`` is called once the workers have stopped.
    final class PostgreSQLConnection: SQLConnection, @unchecked Sendable {
        private let target: PostgreSQLTarget
        private var handle: OpaquePointer?
        private var statements: [String: String] = [:]

        init(to target: PostgreSQLTarget) { self.target = target }

        deinit { PQfinish(handle) }

        func disconnect() {
            PQfinish(handle)
            handle = nil
            statements = [:]
        }

        /// Runs `body` between `begin` and COMMIT.
        func transaction<Result>(
            _ begin: String, _ body: (any SQLConnection) throws -> Result
        ) throws -> Result {
            try executeScript(begin)
            let result: Result
            do { result = try body(self) } catch {
                // Where not even this succeeds, the server rolls back what a lost connection leaves.
                do { if handle != nil { try executeScript("ROLLBACK") } } catch { disconnect() }
                throw error
            }
            try commit()
            return result
        }

        private func commit() throws {
            guard let handle else { throw lost() }
            let result = try finish(PQexec(handle, "COMMIT"), lostMeans: .lasting)
            guard result.command == "COMMIT" else {
                throw PostgreSQLFailure(
                    .lasting, .damaged("a transaction was rolled back for no known reason"))
            }
        }

        func execute(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
            let name = try prepare(sql, arguments)
            let values = arguments.map(\.wire)
            let lengths = values.map { Int32(truncatingIfNeeded: $0?.count ?? 0) }
            guard values.allSatisfy({ ($0?.count ?? 0) < 1 << 30 }) else {
                throw StoreError.full("PostgreSQL holds no value of a gigabyte or more")
            }
            let formats = [Int32](repeating: 1, count: values.count)
            let connection = try connected()
            let result = withPointers(to: values) {
                PQexecPrepared(connection, name, Int32($0.count), $0, lengths, formats, 1)
            }
            return try finish(result).rows()
        }

        /// Prepares a statement, once for a connection: the texts are few.
        private func prepare(_ sql: String, _ arguments: [SQLValue]) throws -> String {
            let connection = try connected()
            if let name = statements[sql] { return name }
            let name = "covey\(statements.count)"
            let types = arguments.map(\.oid)
            _ = try finish(PQprepare(connection, name, sql, Int32(types.count), types))
            statements[sql] = name
            return name
        }

        func executeScript(_ sql: String) throws { _ = try finish(PQexec(try connected(), sql)) }

        func forEachRow(of sql: String, _ body: (SQLRow) throws -> Void) throws {
            let connection = try connected()
            guard PQsendQueryParams(connection, sql, 0, nil, nil, nil, nil, 1) == 1,
                PQsetSingleRowMode(connection) == 1
            else { throw lost() }
            do {
                while let next = PQgetResult(connection) {
                    for row in try finish(next).rows() { try body(row) }
                }
            } catch {
                cancel()
                throw error
            }
        }

        /// Stops a query whose results nobody wants, and takes them off the connection.
        private func cancel() {
            guard let handle else { return }
            if let request = PQgetCancel(handle) {
                var reason = [CChar](repeating: 0, count: 256)
                PQcancel(request, &reason, Int32(reason.count))
                PQfreeCancel(request)
            }
            while let rest = PQgetResult(handle) { PQclear(rest) }
        }

        func now() throws -> Int64 {
            // The server's clock is the one that all replicas share.
            let rows = try execute(
                "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")
            guard let row = rows.first else { throw StoreError.damaged("the server has no time") }
            return try row.integer(0)
        }

        func prepareForTables() throws {
            // Held until the transaction ends; the number is the word "covey".
            try execute("SELECT pg_advisory_xact_lock($1)", .integer(0x63_6f76_6579))
            let found = try execute(
                "SELECT CAST(oid AS BIGINT) FROM pg_namespace WHERE nspname = 'covey'")
            if found.isEmpty { try executeScript("CREATE SCHEMA covey") }
        }

        // MARK: The connection itself

        private func connected() throws -> OpaquePointer {
            if let handle { return handle }
            let fresh = try target.connect()
            handle = fresh
            statements = [:]
            do { try executeScript(PostgreSQLTarget.session) } catch {
                disconnect()
                throw error
            }
            return fresh
        }

        /// Checks a result, and drops the connection where that is broken.
        private func finish(
            _ handle: OpaquePointer?, lostMeans kind: PostgreSQLFailure.Kind = .lost
        ) throws -> PostgreSQLResult {
            guard let handle else { throw lost(kind) }
            let result = PostgreSQLResult(handle)
            switch result.status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE: return result
            default:
                guard PQstatus(self.handle) == CONNECTION_OK, let failure = result.failure else {
                    throw lost(kind)
                }
                if failure.kind == .lost { throw lost(kind) }
                throw failure
            }
        }

        private func lost(_ kind: PostgreSQLFailure.Kind = .lost) -> PostgreSQLFailure {
            let reason = target.message(of: handle)
            disconnect()
            if kind == .lost { return PostgreSQLFailure(kind, .unavailable(reason)) }
            return PostgreSQLFailure(
                kind,
                .unavailable("\(reason); whether the last changes were made is to be looked up"))
        }
    }
#endif
