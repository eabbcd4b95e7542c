internal import GRDB

extension StoreError {
    /// Runs `body` and says what SQLite refuses as an error of the store at `path`.
    static func translating<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as DatabaseError {
            throw Self(error, path)
        }
    }

    private init(_ error: DatabaseError, _ path: String) {
        let reason = error.message ?? error.resultCode.description
        self =
            switch error.resultCode {
            case .SQLITE_FULL, .SQLITE_IOERR: .full("\(path): \(reason)")
            case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse(path)
            case .SQLITE_NOTADB:
                .file(path: path, reason: "it is not an SQLite database; choose another path")
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
                .file(path: path, reason: "\(reason); check its folder and its permissions")
            case .SQLITE_NOMEM: .unavailable("\(path): \(reason)")
            default: .damaged("\(path): \(reason)")
            }
    }
}
