/// What a check of a whole store found.
public struct IntegrityReport: Sendable, Equatable {
    /// A record that does not open.
    public struct DamagedRecord: Sendable, Hashable {
        /// "event", "impression", "answer" or "document".
        public let table: String
        /// Its number in the table.
        public let row: Int64
    }

    /// How many records of each table, by its name, open and read well.
    public internal(set) var soundRecords: [String: Int] = [:]
    /// The records that were altered, cut, or moved from another place.
    public internal(set) var damagedRecords: [DamagedRecord] = []
    /// What SQLite's own check finds wrong with the file.
    public internal(set) var databaseProblems: [String] = []

    /// Whether nothing is wrong. That records are missing altogether, no check can see; nor that one
    /// of them, or the whole database, was put back to an older state since the last deletion, for
    /// which nobody needs the key.
    public var isSound: Bool { damagedRecords.isEmpty && databaseProblems.isEmpty }
}
