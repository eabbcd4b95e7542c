internal import GRDB

extension SealedStore {
    private static let secondsPerDay: Int64 = 86_400

    /// Adds records at the end of a table and applies the limits: the age once a day, the count when
    /// it would be exceeded. Of the old records and the new, the latest stay; where an old one goes,
    /// up to a fiftieth goes beyond what must, so that the next time is far.
    mutating func append(
        _ additions: [(time: Int64, payload: [UInt8])], to table: SealedTable,
        retention: Retention, now: Int64
    ) throws {
        let (lastTime, count) = try transaction { db in
            let header = try StoreHeader.read(db, master: master)
            let count = try Self.count(of: table, ifAbove: retention.count - additions.count, db)
            return (header?.retentionTime ?? 0, count)
        }
        // A clock that was put back is looked at anew as well.
        if now < lastTime || now &- lastTime >= Self.secondsPerDay {
            try apply(retention, now: now, ageFrom: min(now, try believableTime() ?? now))
        }
        guard count + additions.count > retention.count else {
            return try insert(additions.map(\.payload), into: table)
        }
        let old = try times(in: table)
        let all =
            old.map { (time: $0.content, old: Optional($0.row), number: 0) }
            + additions.enumerated().map { (time: $1.time, old: nil, number: $0) }
        let sorted = all.sorted {
            ($0.time, $0.old ?? .max, $0.number) < ($1.time, $1.old ?? .max, $1.number)
        }
        var kept = sorted.suffix(retention.count)
        if old.count > kept.count(where: { $0.old != nil }) {
            let spared = kept.prefix(retention.count / 50).prefix { $0.old != nil }
            kept = kept.dropFirst(spared.count)
        }
        let rows = Set(old.map(\.row)).subtracting(kept.compactMap(\.old))
        let payloads = kept.filter { $0.old == nil }.map(\.number).sorted().map {
            additions[$0].payload
        }
        if rows.isEmpty {
            try insert(payloads, into: table)
        } else {
            try erase([table: rows], adding: [table: payloads])
        }
    }

    /// Erases what is beyond the limits, and notes when that was.
    ///
    /// - Parameter start: The time from which ages count; `now` where it is missing.
    mutating func apply(_ retention: Retention, now: Int64, ageFrom start: Int64? = nil) throws {
        let (oldest, isOverflow) = (start ?? now).subtractingReportingOverflow(retention.age)
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
        guard !rows.isEmpty else { return try settleMasterKey() }
        try erase(rows)
    }

    /// A day after the newest record: as far as a clock is believed, so that one which is set years
    /// ahead for a moment erases nothing.
    private func believableTime() throws -> Int64? {
        let times = try times(in: .event) + times(in: .impression)
        return times.map(\.content).max().map {
            let (time, isOverflow) = $0.addingReportingOverflow(Self.secondsPerDay)
            return isOverflow ? .max : time
        }
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
