/// A connection to a database, in the hands of one thread. Statements are the same for both
/// databases: placeholders are `$1, $2, ...` and appear in this order first, as SQLite counts them by
/// their appearance.
///
/// What it throws is for its ``SQLDatabase`` to understand, which makes a ``StoreError`` of it.
protocol SQLConnection {
    /// Runs a statement and returns its rows.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow]

    /// Runs statements that take and return nothing.
    func executeScript(_ sql: String) throws

    /// Runs a query and hands over its rows one by one, so that never all are in memory.
    func forEachRow(of sql: String, _ body: (SQLRow) throws -> Void) throws

    /// The time by the clock that leases go by, in milliseconds since 1970.
    func now() throws -> Int64

    /// Readies the database for tables, and keeps others from it until the transaction ends.
    func prepareForTables() throws
}

extension SQLConnection {
    @discardableResult
    func execute(_ sql: String, _ arguments: SQLValue...) throws -> [SQLRow] {
        try execute(sql, arguments)
    }

    /// The rows of a table whose `column` is among `values`.
    func select(
        _ columns: String, from table: String, where column: String, in values: [SQLValue]
    ) throws -> [SQLRow] {
        try values.statementBatches.flatMap { batch in
            try execute(
                "SELECT \(columns) FROM \(table) WHERE \(column) IN (\(placeholders(batch.count)))",
                Array(batch))
        }
    }

    /// Deletes the rows of a table whose `column` is among `values`.
    func delete(from table: String, where column: String, in values: [SQLValue]) throws {
        for batch in values.statementBatches {
            try execute(
                "DELETE FROM \(table) WHERE \(column) IN (\(placeholders(batch.count)))",
                Array(batch))
        }
    }

    /// Adds rows to a table; `conflict` says what becomes of those that are there already.
    func insert(
        into table: String, _ columns: [String], _ rows: [[SQLValue]], conflict: String = ""
    ) throws {
        for batch in rows.statementBatches {
            let tuples = (0..<batch.count).map {
                "(\(placeholders(columns.count, from: 1 + $0 * columns.count)))"
            }
            try execute(
                "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES "
                    + tuples.joined(separator: ", ") + conflict,
                batch.flatMap { $0 })
        }
    }

    private func placeholders(_ count: Int, from first: Int = 1) -> String {
        (first..<first + count).map { "$\($0)" }.joined(separator: ", ")
    }
}

extension Array {
    /// Slices of 64, 32, 16, 8, 4, 2 and 1 elements, so that the statements over lists of all
    /// lengths have seven texts only, and stay prepared.
    var statementBatches: [ArraySlice<Element>] {
        var batches: [ArraySlice<Element>] = []
        var rest = self[...]
        var size = 64
        while !rest.isEmpty {
            while size > rest.count { size /= 2 }
            batches.append(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return batches
    }
}
