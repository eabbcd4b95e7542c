extension SQLStore {
    func commit(_ changes: [StoreChange], under lease: Lease?) async throws {
        try await database.write { connection in
            if let lease { try lease.check(connection) }
            for change in changes { try change.apply(connection) }
            // Last, when it shows which snapshots the tasks refer to.
            for hash in Self.removedSnapshots(changes) {
                try connection.execute(
                    """
                    DELETE FROM snapshot WHERE hash = $1 AND NOT EXISTS (SELECT 1 FROM task
                        WHERE catalogue = $1 OR checkpoint = $1 OR model = $1)
                    """, SQLValue(hash))
            }
        }
    }

    /// The snapshots that are removed and not put back by a later change.
    private static func removedSnapshots(_ changes: [StoreChange]) -> Set<[UInt8]> {
        var removed: Set<[UInt8]> = []
        for change in changes {
            switch change {
            case .removeSnapshot(let hash): removed.insert(hash)
            case .putSnapshot(let hash, _): removed.remove(hash)
            default: continue
            }
        }
        return removed
    }
}

extension Lease {
    /// Checks that the lease is held, and keeps it from changing hands until the transaction ends.
    func check(_ connection: any SQLConnection) throws {
        let held = try connection.execute(
            """
            UPDATE lease SET epoch = epoch
            WHERE name = $1 AND replica = $2 AND epoch = $3 AND expiry > $4 RETURNING epoch
            """, SQLValue(name), SQLValue(replica), SQLValue(epoch), SQLValue(connection.now()))
        if held.isEmpty { throw StoreError.leaseLost }
    }
}

extension StoreChange {
    fileprivate func apply(_ connection: any SQLConnection) throws {
        switch self {
        case .appendLedger(let offset, let bytes):
            try Self.append(bytes, toLedgerAt: offset, connection)
        case .putTask(let task): try task.put(connection)
        case .putRound(let round): try round.put(connection)
        case .invite(let task, let round, let devices):
            try Role.invited.add(devices, task, round, connection)
        case .contribute(let task, let round, let devices):
            try Role.contributed.add(devices, task, round, connection)
        case .putSnapshot(let hash, let bytes):
            try connection.execute(
                "INSERT INTO snapshot (hash, bytes) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
                SQLValue(hash), SQLValue(bytes))
        case .removeSnapshot: break
        case .putQuality(let task, let figure): try figure.put(task, connection)
        }
    }

    private static func append(
        _ bytes: [UInt8], toLedgerAt offset: Int, _ connection: any SQLConnection
    ) throws {
        // Of two that append at once, the second waits here, and then finds the ledger moved.
        let moved = try connection.execute(
            "UPDATE counter SET value = $1 WHERE name = 'ledger' AND value = $2 RETURNING value",
            SQLValue(offset + bytes.count), SQLValue(offset))
        guard !moved.isEmpty else {
            let rows = try connection.execute("SELECT value FROM counter WHERE name = 'ledger'")
            guard let end = try rows.first?.number(0) else {
                throw StoreError.damaged("the length of the ledger is missing")
            }
            throw StoreError.ledgerMoved(expected: offset, actual: end)
        }
        guard !bytes.isEmpty else { return }
        try connection.execute(
            "INSERT INTO ledger_chunk (begins, bytes) VALUES ($1, $2)",
            SQLValue(offset), SQLValue(bytes))
    }
}
