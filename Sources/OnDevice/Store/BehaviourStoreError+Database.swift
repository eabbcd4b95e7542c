internal import GRDB

extension BehaviourStoreError {
    /// Runs `body` and says what SQLite refuses as an error of the store at `path`.
    static func translating<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as DatabaseError {
            let reason = error.message ?? error.resultCode.description
            throw switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: Self.inUse(path: path)
            case .SQLITE_NOTADB: Self.notAStore(path: path)
            case .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH:
                Self.damaged(path: path, reason: reason)
            default: Self.inaccessible(path: path, reason: reason)
            }
        } catch let error as RowDecodingError {
            throw Self.damaged(path: path, reason: "\(error)")
        }
    }
}
