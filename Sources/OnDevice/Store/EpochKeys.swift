internal import Foundation
internal import GRDB
internal import Sodium

/// The keys of epochs that one transaction needs, opened when first asked for and forgotten with it.
final class EpochKeys {
    private let database: Database
    private let master: SecretBytes
    private var opened: [Int64: SecretBytes] = [:]

    init(_ database: Database, master: SecretBytes) {
        self.database = database
        self.master = master
    }

    /// The key of an epoch, or nothing where it is missing or was altered.
    func key(of epoch: Int64) throws -> SecretBytes? {
        if let key = opened[epoch] { return key }
        let sql = "SELECT wrapped FROM epoch WHERE id = ?"
        guard let wrapped = try Data.fetchOne(database, sql: sql, arguments: [epoch]) else {
            return nil
        }
        let key = try? RecordSealing.open([UInt8](wrapped), key: master, place: .epochKey(epoch))
        opened[epoch] = key
        return key
    }
}
