internal import GRDB

extension SealedStore {
    private static let secondsPerDay: Int64 = 86_400

    /// Applies the limits before records are added: the age once a day, the count when it would be
    /// exceeded. A fiftieth is then erased beyond what must go, so that the next time is far.
    mutating func makeRoom(
        for added: Int, in table: SealedTable, retention: Retention, now: Int64
    ) throws {
        let (lastTime, count) = try transaction { db in
            let header = try StoreHeader.read(db, master: master)
            let count = try Self.count(of: table, ifAbove: retention.count - added, db)
            return (header?.retentionTime ?? 0, count)
        }
        // A clock that was put back is looked at anew as well.
        if now < lastTime || now &- lastTime >= Self.secondsPerDay {
            try apply(retention, now: now)
        }
        if count + added > retention.count {
            let room = max(retention.count - added - retention.count / 50, 0)
            try erase(olderThan: .min, allBut: room, in: [table])
        }
    }

    /// Erases what is beyond the limits, and notes when that was.
    mutating func apply(_ retention: Retention, now: Int64) throws {
        let (oldest, isOverflow) = now.subtractingReportingOverflow(retention.age)
        try erase(
            olderThan: isOverflow ? .min : oldest, allBut: retention.count,
            in: [.event, .impression])
        try transaction { [master] in
            try StoreHeader(retentionTime: now).write($0, master: master)
        }
    }

    private mutating func erase(
        olderThan time: Int64, allBut count: Int, in tables: [SealedTable]
    ) throws {
        var rows: Rows = [:]
        for table in tables {
            let times = try times(in: table).sorted { ($0.content, $0.row) < ($1.content, $1.row) }
            let old = times.prefix { $0.content < time }.count
            let doomed = times.prefix(max(old, times.count - count))
            if !doomed.isEmpty { rows[table] = Set(doomed.map(\.row)) }
        }
        if !rows.isEmpty { try erase(rows) }
    }

    private func times(in table: SealedTable) throws -> [Record<Int64>] {
        table == .event
            ? try events().map { Record(row: $0.row, content: $0.content.time) }
            : try impressions().map { Record(row: $0.row, content: $0.content.time) }
    }

    /// The number of records, or a lower one where rows are too few anyway to exceed `limit`.
    private static func count(
        of table: SealedTable, ifAbove limit: Int, _ db: Database
    ) throws -> Int {
        let name = table.rawValue
        let span = try Int.fetchOne(
            db, sql: "SELECT max(id) - (SELECT min(id) FROM \(name)) + 1 FROM \(name)")
        guard let span, span > limit else { return 0 }
        return try Int.fetchOne(db, sql: "SELECT count(*) FROM \(name)") ?? 0
    }
}
