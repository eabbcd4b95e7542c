/// A table whose rows go into an archive. Leases, replicas and collections do not: they are of the
/// moment. Counters are counted anew.
struct ArchivedTable: Sendable {
    let name: String
    let columns: [String]
    /// How many of the columns, from the first, are the key, in whose order the rows are written.
    let keyCount: Int

    private init(_ name: String, key: [String], _ others: [String]) {
        self.name = name
        columns = key + others
        keyCount = key.count
    }

    /// All rows.
    var query: String {
        let key = columns.prefix(keyCount).joined(separator: ", ")
        return "SELECT \(columns.joined(separator: ", ")) FROM \(name) ORDER BY \(key)"
    }

    static let all = [
        ArchivedTable("secret", key: ["name"], ["bytes"]),
        ArchivedTable("device", key: ["number"], ["identity", "enrolled"]),
        ArchivedTable("enrolment_token", key: ["hash"], ["expiry"]),
        ArchivedTable("snapshot", key: ["hash"], ["bytes"]),
        ArchivedTable("ledger_chunk", key: ["begins"], ["bytes"]),
        ArchivedTable(
            "task", key: ["name"],
            [
                "place", "state", "reason", "scenario", "devices", "catalogue", "seed",
                "queries_done", "checkpoint", "model", "created",
            ]),
        ArchivedTable(
            "round", key: ["task", "number"],
            [
                "query", "query_name", "session", "state", "reason", "invited", "survivors",
                "step_ends", "epsilon_coordinator", "epsilon_observer", "noise_standard_deviation",
                "began", "ended",
            ]),
        ArchivedTable("participation", key: ["task", "round", "role"], ["devices"]),
        ArchivedTable(
            "quality", key: ["task", "queries_done", "metric"], ["value", "reported"]),
    ]
}
