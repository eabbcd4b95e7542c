extension StoredTask {
    static let columns = """
        name, state, reason, scenario, devices, catalogue, seed, queries_done, checkpoint, model, \
        created
        """

    init(row: SQLRow) throws(StoreError) {
        guard let state = try State(rawValue: row.text(1)) else {
            throw .damaged("task \(try row.text(0)) is in a state that Covey does not know")
        }
        try self.init(
            name: row.text(0), state: state, reason: row.text(2), scenario: row.text(3),
            devices: row.number(4), catalogue: row.bytes(5), seed: row.bytes(6),
            queriesDone: row.number(7), checkpoint: row.bytes(8), model: row.bytes(9),
            created: row.integer(10))
    }

    /// Writes the task; a new one has its place behind all others.
    func put(_ connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO task (\(Self.columns), place)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, (SELECT count(*) FROM task))
            ON CONFLICT (name) DO UPDATE SET
                state = excluded.state, reason = excluded.reason, scenario = excluded.scenario,
                devices = excluded.devices, catalogue = excluded.catalogue, seed = excluded.seed,
                queries_done = excluded.queries_done, checkpoint = excluded.checkpoint,
                model = excluded.model, created = excluded.created
            """, SQLValue(name), SQLValue(state.rawValue), SQLValue(reason), SQLValue(scenario),
            SQLValue(devices), SQLValue(catalogue), SQLValue(seed), SQLValue(queriesDone),
            SQLValue(checkpoint), SQLValue(model), SQLValue(created))
    }
}
