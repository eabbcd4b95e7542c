internal import Foundation
internal import GRDB

/// A connection to SQLite, for the length of a transaction.
struct SQLiteConnection: SQLConnection {
    /// Says in the file that it is a coordinator's store ("Covc").
    static let applicationID: Int64 = 0x436f_7663

    let database: Database
    let path: String
    let clock: @Sendable () -> Int64

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        try StoreError.translating(path) {
            let statement = try database.cachedStatement(sql: sql)
            try statement.setArguments(StatementArguments(arguments.map(\.argument)))
            guard statement.columnCount > 0 else {
                try statement.execute()
                return []
            }
            var rows: [SQLRow] = []
            let cursor = try Row.fetchCursor(statement)
            while let row = try cursor.next() { rows.append(SQLRow(row)) }
            return rows
        }
    }

    func executeScript(_ sql: String) throws {
        try StoreError.translating(path) { try database.execute(sql: sql) }
    }

    func forEachRow(of sql: String, _ body: (SQLRow) throws -> Void) throws {
        try StoreError.translating(path) {
            let cursor = try Row.fetchCursor(database, sql: sql)
            while let row = try cursor.next() { try body(SQLRow(row)) }
        }
    }

    func now() -> Int64 { clock() }

    func prepareForTables() throws {
        try StoreError.translating(path) {
            let id = try Int64.fetchOne(database, sql: "PRAGMA application_id")
            if id != Self.applicationID {
                try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
            }
        }
    }
}

extension SQLValue {
    fileprivate var argument: (any DatabaseValueConvertible)? {
        switch self {
        case .null: nil
        case .integer(let value): value
        case .real(let value): value
        case .text(let value): value
        case .bytes(let value): Data(value)
        }
    }
}

extension SQLRow {
    fileprivate init(_ row: Row) {
        self.init(
            (0..<row.count).map { column in
                let value: DatabaseValue = row[column]
                return switch value.storage {
                case .null: .null
                case .int64(let value): .integer(value)
                case .double(let value): .real(value)
                case .string(let value): .text(value)
                case .blob(let value): .bytes([UInt8](value))
                }
            })
    }
}
