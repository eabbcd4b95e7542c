extension SQLStore {
    func acquire(
        _ name: String, for replica: Replica, milliseconds: Int
    ) async throws -> Lease? {
        try await database.write { connection in
            let now = try connection.now()
            // Who renews in time keeps the epoch; every other taking has the next one.
            let rows = try connection.execute(
                """
                INSERT INTO lease (name, replica, url, epoch, expiry) VALUES ($1, $2, $3, 1, $4)
                ON CONFLICT (name) DO UPDATE SET
                    epoch = CASE WHEN lease.expiry > $5 THEN lease.epoch ELSE lease.epoch + 1 END,
                    replica = excluded.replica, url = excluded.url, expiry = excluded.expiry
                WHERE lease.replica = excluded.replica OR lease.expiry <= $5
                RETURNING epoch
                """, SQLValue(name), SQLValue(replica.name), SQLValue(replica.url),
                SQLValue(now &+ Int64(milliseconds)), SQLValue(now))
            guard let row = rows.first else { return nil }
            return try Lease(name: name, replica: replica.name, epoch: row.number(0))
        }
    }

    func release(_ lease: Lease) async throws {
        // The row stays, so that epochs go on.
        try await database.write { connection in
            _ = try connection.execute(
                "UPDATE lease SET expiry = 0 WHERE name = $1 AND replica = $2 AND epoch = $3",
                SQLValue(lease.name), SQLValue(lease.replica), SQLValue(lease.epoch))
        }
    }

    func holder(of name: String) async throws -> Replica? {
        try await database.read { connection in
            try connection.execute(
                "SELECT replica, url FROM lease WHERE name = $1 AND expiry > $2", SQLValue(name),
                SQLValue(connection.now())
            ).first.map { try Replica(row: $0) }
        }
    }

    func announce(_ replica: Replica, milliseconds: Int) async throws {
        try await database.write { connection in
            let now = try connection.now()
            try connection.execute("DELETE FROM replica WHERE expiry <= $1", SQLValue(now))
            try connection.execute(
                """
                INSERT INTO replica (name, url, expiry) VALUES ($1, $2, $3)
                ON CONFLICT (name) DO UPDATE SET url = excluded.url, expiry = excluded.expiry
                """, SQLValue(replica.name), SQLValue(replica.url),
                SQLValue(now &+ Int64(milliseconds)))
        }
    }

    func replicas() async throws -> [Replica] {
        try await database.read { connection in
            try connection.execute(
                "SELECT name, url FROM replica WHERE expiry > $1", SQLValue(connection.now())
            ).map { try Replica(row: $0) }
        }.sorted { $0.name < $1.name }
    }
}

extension Replica {
    fileprivate init(row: SQLRow) throws(StoreError) {
        try self.init(name: row.text(0), url: row.text(1))
    }
}
