extension SQLStore {
    func tasks() async throws -> [StoredTask] {
        try await database.read { connection in
            try connection.execute(
                "SELECT \(StoredTask.columns) FROM task ORDER BY place, name"
            ).map { try StoredTask(row: $0) }
        }
    }

    func rounds(of task: String, limit: Int) async throws -> [StoredRound] {
        try await database.read { connection in
            try connection.execute(
                """
                SELECT \(StoredRound.columns) FROM round WHERE task = $1
                ORDER BY number DESC LIMIT $2
                """, SQLValue(task), SQLValue(max(0, limit))
            ).reversed().map { try StoredRound(row: $0) }
        }
    }

    func invitationCounts(of task: String) async throws -> [Int: Int] {
        try await database.read { connection in
            let rows = try connection.execute(
                "SELECT devices FROM participation WHERE task = $1 AND role = $2",
                SQLValue(task), SQLValue(Role.invited.rawValue))
            var counts: [Int: Int] = [:]
            for row in rows { for device in try row.numbers(0) { counts[device, default: 0] += 1 } }
            return counts
        }
    }

    func contributors(to round: Int, of task: String) async throws -> [Int] {
        try await database.read { try Role.contributed.devices(task, round, $0) }
    }

    func quality(of task: String) async throws -> [QualityFigure] {
        let figures = try await database.read { connection in
            try connection.execute(
                "SELECT queries_done, metric, value, reported FROM quality WHERE task = $1",
                SQLValue(task)
            ).map {
                try QualityFigure(
                    queriesDone: $0.number(0), metric: $0.text(1), value: $0.real(2),
                    time: $0.integer(3))
            }
        }
        // Not in SQL, as each database has an order of its own for texts.
        return figures.sorted {
            ($0.queriesDone, $0.time, $0.metric) < ($1.queriesDone, $1.time, $1.metric)
        }
    }
}

/// What a device did in a round.
enum Role: String {
    case invited
    case contributed

    /// The devices that did it, ascending.
    func devices(
        _ task: String, _ round: Int, _ connection: any SQLConnection
    ) throws -> [Int] {
        try connection.execute(
            "SELECT devices FROM participation WHERE task = $1 AND round = $2 AND role = $3",
            SQLValue(task), SQLValue(round), SQLValue(rawValue)
        ).first?.numbers(0) ?? []
    }

    /// Adds devices to those that did it.
    func add(
        _ devices: [Int], _ task: String, _ round: Int, _ connection: any SQLConnection
    ) throws {
        let all = Set(try self.devices(task, round, connection)).union(devices).sorted()
        try connection.execute(
            """
            INSERT INTO participation (task, round, role, devices) VALUES ($1, $2, $3, $4)
            ON CONFLICT (task, round, role) DO UPDATE SET devices = excluded.devices
            """, SQLValue(task), SQLValue(round), SQLValue(rawValue), SQLValue(numbers: all))
    }
}
