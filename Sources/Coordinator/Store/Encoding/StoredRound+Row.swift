extension StoredRound {
    static let columns = """
        task, number, query, query_name, session, state, reason, invited, survivors, step_ends, \
        epsilon_coordinator, epsilon_observer, noise_standard_deviation, began, ended
        """

    init(row: SQLRow) throws(StoreError) {
        guard let state = try State(rawValue: row.text(5)) else {
            throw .damaged(
                "round \(try row.number(1)) of \(try row.text(0)) is in a state that Covey does not "
                    + "know")
        }
        try self.init(
            task: row.text(0), round: row.number(1), query: row.number(2), queryName: row.text(3),
            session: row.bytes(4), state: state, reason: row.text(6), invited: row.number(7),
            survivors: row.numbers(8), stepEnds: row.numbers(9), epsilonCoordinator: row.real(10),
            epsilonObserver: row.real(11), noiseStandardDeviation: row.real(12),
            began: row.integer(13), ended: row.integer(14))
    }

    /// Writes the round, new or not.
    func put(_ connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO round (\(Self.columns))
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            ON CONFLICT (task, number) DO UPDATE SET
                query = excluded.query, query_name = excluded.query_name,
                session = excluded.session, state = excluded.state, reason = excluded.reason,
                invited = excluded.invited, survivors = excluded.survivors,
                step_ends = excluded.step_ends,
                epsilon_coordinator = excluded.epsilon_coordinator,
                epsilon_observer = excluded.epsilon_observer,
                noise_standard_deviation = excluded.noise_standard_deviation,
                began = excluded.began, ended = excluded.ended
            """, SQLValue(task), SQLValue(round), SQLValue(query), SQLValue(queryName),
            SQLValue(session), SQLValue(state.rawValue), SQLValue(reason), SQLValue(invited),
            SQLValue(numbers: survivors), SQLValue(numbers: stepEnds),
            SQLValue(epsilonCoordinator), SQLValue(epsilonObserver),
            SQLValue(noiseStandardDeviation), SQLValue(began), SQLValue(ended))
    }
}

extension QualityFigure {
    /// Writes the figure; one that was reported before for the same model is replaced.
    func put(_ task: String, _ connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO quality (task, queries_done, metric, value, reported)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (task, queries_done, metric) DO UPDATE SET
                value = excluded.value, reported = excluded.reported
            """, SQLValue(task), SQLValue(queriesDone), SQLValue(metric), SQLValue(value),
            SQLValue(time))
    }
}
