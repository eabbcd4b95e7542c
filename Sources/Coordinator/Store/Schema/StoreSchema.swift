/// The tables of a store, the same text for SQLite and PostgreSQL.
///
/// SQLite takes any name for a type: BYTEA leaves blobs as they are. Lists of numbers are packed
/// (``FieldWriter``), as nobody searches in them.
enum StoreSchema {
    /// The version that this code reads and writes.
    static var version: Int { migrations.count }

    /// What makes each version out of the one before; never changed once released.
    private static let migrations = [versionOne]

    /// Brings the tables to ``version``, in the caller's transaction.
    static func migrate(_ connection: any SQLConnection) throws {
        try connection.prepareForTables()
        try connection.executeScript(
            "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY)")
        let found = try storedVersion(connection)
        for (index, migration) in migrations.enumerated().dropFirst(found) {
            try connection.executeScript(migration)
            try connection.execute(
                "INSERT INTO schema_version (version) VALUES ($1)", SQLValue(index + 1))
        }
    }

    /// The version of the tables that are there; 0 where there are none.
    ///
    /// - Throws: ``StoreError/tooNew(version:known:)``
    @discardableResult
    static func storedVersion(_ connection: any SQLConnection) throws -> Int {
        let rows = try connection.execute("SELECT max(version) FROM schema_version")
        guard let row = rows.first, row.values != [.null] else { return 0 }
        let stored = try row.number(0)
        guard stored <= version else { throw StoreError.tooNew(version: stored, known: version) }
        return stored
    }

    private static let versionOne = """
        CREATE TABLE counter (
            name TEXT NOT NULL PRIMARY KEY,
            value BIGINT NOT NULL
        );
        INSERT INTO counter (name, value) VALUES ('devices', 0), ('ledger', 0), ('checks', 0);

        CREATE TABLE secret (
            name TEXT NOT NULL PRIMARY KEY,
            bytes BYTEA NOT NULL
        );

        CREATE TABLE device (
            number BIGINT NOT NULL PRIMARY KEY,
            identity BYTEA NOT NULL UNIQUE,
            enrolled BIGINT NOT NULL
        );

        CREATE TABLE enrolment_token (
            hash BYTEA NOT NULL PRIMARY KEY,
            expiry BIGINT NOT NULL
        );

        CREATE TABLE snapshot (
            hash BYTEA NOT NULL PRIMARY KEY,
            bytes BYTEA NOT NULL
        );

        CREATE TABLE ledger_chunk (
            begins BIGINT NOT NULL PRIMARY KEY,
            bytes BYTEA NOT NULL
        );

        CREATE TABLE task (
            name TEXT NOT NULL PRIMARY KEY,
            place BIGINT NOT NULL,
            state TEXT NOT NULL,
            reason TEXT NOT NULL,
            scenario TEXT NOT NULL,
            devices BIGINT NOT NULL,
            catalogue BYTEA NOT NULL,
            seed BYTEA NOT NULL,
            queries_done BIGINT NOT NULL,
            checkpoint BYTEA NOT NULL,
            model BYTEA NOT NULL,
            created BIGINT NOT NULL
        );

        CREATE TABLE round (
            task TEXT NOT NULL REFERENCES task (name) DEFERRABLE INITIALLY DEFERRED,
            number BIGINT NOT NULL,
            query BIGINT NOT NULL,
            query_name TEXT NOT NULL,
            session BYTEA NOT NULL,
            state TEXT NOT NULL,
            reason TEXT NOT NULL,
            invited BIGINT NOT NULL,
            survivors BYTEA NOT NULL,
            step_ends BYTEA NOT NULL,
            epsilon_coordinator DOUBLE PRECISION,
            epsilon_observer DOUBLE PRECISION,
            noise_standard_deviation DOUBLE PRECISION,
            began BIGINT NOT NULL,
            ended BIGINT NOT NULL,
            PRIMARY KEY (task, number)
        );

        CREATE TABLE participation (
            task TEXT NOT NULL,
            round BIGINT NOT NULL,
            role TEXT NOT NULL,
            devices BYTEA NOT NULL,
            PRIMARY KEY (task, round, role),
            FOREIGN KEY (task, round) REFERENCES round (task, number) DEFERRABLE INITIALLY DEFERRED
        );

        CREATE TABLE quality (
            task TEXT NOT NULL REFERENCES task (name) DEFERRABLE INITIALLY DEFERRED,
            queries_done BIGINT NOT NULL,
            metric TEXT NOT NULL,
            value DOUBLE PRECISION,
            reported BIGINT NOT NULL,
            PRIMARY KEY (task, queries_done, metric)
        );

        CREATE TABLE lease (
            name TEXT NOT NULL PRIMARY KEY,
            replica TEXT NOT NULL,
            url TEXT NOT NULL,
            epoch BIGINT NOT NULL,
            expiry BIGINT NOT NULL
        );

        CREATE TABLE replica (
            name TEXT NOT NULL PRIMARY KEY,
            url TEXT NOT NULL,
            expiry BIGINT NOT NULL
        );

        CREATE TABLE collected (
            session BYTEA NOT NULL,
            replica TEXT NOT NULL,
            vectors BIGINT NOT NULL,
            written BIGINT NOT NULL,
            PRIMARY KEY (session, replica)
        );

        CREATE TABLE closed_collection (
            session BYTEA NOT NULL PRIMARY KEY,
            written BIGINT NOT NULL
        );

        CREATE TABLE partial_sum (
            session BYTEA NOT NULL,
            replica TEXT NOT NULL,
            inclusions BYTEA NOT NULL,
            packed BYTEA NOT NULL,
            written BIGINT NOT NULL,
            PRIMARY KEY (session, replica)
        );
        """
}
