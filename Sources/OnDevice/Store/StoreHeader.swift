internal import Foundation
internal import GRDB
internal import Sodium

/// What the store notes of itself, sealed under the master key: whether a key is the store's shows in
/// whether it opens this.
struct StoreHeader {
    /// When the age of the records was last looked at, in seconds since 1970.
    var retentionTime: Int64

    /// The header in the database, or nothing where there is none.
    ///
    /// - Throws: `SodiumError.forgery` where `master` does not open it.
    static func read(_ db: Database, master: SecretBytes) throws -> StoreHeader? {
        guard let sealed = try Data.fetchOne(db, sql: "SELECT sealed FROM header") else {
            return nil
        }
        let content = try RecordSealing.open([UInt8](sealed), key: master, place: .header)
        var reader = PayloadReader(content.copy(0..<content.count))
        return StoreHeader(retentionTime: Int64(bitPattern: try reader.word()))
    }

    func write(_ db: Database, master: SecretBytes) throws {
        var content = PayloadWriter()
        content.append(UInt64(bitPattern: retentionTime))
        var randomness = SystemRandomness()
        let sealed = try RecordSealing.seal(
            SecretBytes(content.bytes), key: master, place: .header, randomness: &randomness)
        try db.execute(
            sql: "INSERT OR REPLACE INTO header (id, sealed) VALUES (1, ?)",
            arguments: [Data(sealed)])
    }
}
