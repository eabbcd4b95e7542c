#if PostgreSQL
    import Foundation
    import Synchronization
    import PostgreSQLFixture
    import Testing

    @testable import Coordinator

    /// What only a database that several coordinators share, over a network, can be asked.
    @Suite(.enabled(if: PostgreSQLServer.shared != nil))
    struct PostgreSQLStoreTests {
        private let one = Replica(name: "one", url: "http://one")
        private let two = Replica(name: "two", url: "http://two")

        @Test func `coordinators that open an empty database at once share it`() async throws {
            let fixture = try StoreFixture(.postgreSQL)
            let stores = try await withThrowingTaskGroup(of: (any CoordinatorStore).self) { group in
                for _ in 0..<4 { group.addTask { try await fixture.open() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, store) in stores.enumerated() {
                    group.addTask {
                        for number in 0..<25 {
                            let request = EnrolmentRequest(identity: key(number / 5 + index * 100))
                            _ = try await store.enrol([request], at: 0)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let devices = try await stores[0].devices(from: 0, limit: 100)
            #expect(devices.map(\.number) == Array(0..<20))
            for store in stores { await store.close() }
        }

        @Test func `a coordinator that lost its lease to another changes nothing`() async throws {
            let fixture = try StoreFixture(.postgreSQL)
            let other = try await fixture.open()
            try await fixture.withStore { store in
                let old = try #require(
                    try await store.acquire("lead", for: one, milliseconds: 3_600_000))
                #expect(try await other.acquire("lead", for: two, milliseconds: 1000) == nil)
                #expect(try await other.holder(of: "lead") == one)
                // As if it had slept.
                try PostgreSQLServer.shared?.run(
                    "UPDATE covey.lease SET expiry = 0", in: fixture.connectionString)
                let new = try #require(
                    try await other.acquire("lead", for: two, milliseconds: 3_600_000))
                #expect(new.epoch == old.epoch + 1)
                await #expect(throws: StoreError.leaseLost) {
                    try await store.commit([.appendLedger(offset: 0, bytes: [1])], under: old)
                }
                try await other.commit([.appendLedger(offset: 0, bytes: [2])], under: new)
                #expect(try await store.ledger(from: 0) == [2])
            }
            await other.close()
        }

        @Test func `of many that take a free lease at once, one has it`() async throws {
            let fixture = try StoreFixture(.postgreSQL)
            let stores = [try await fixture.open(), try await fixture.open()]
            for turn in 1...5 {
                let leases = try await withThrowingTaskGroup(of: Lease?.self) { group in
                    for number in 0..<8 {
                        group.addTask {
                            try await stores[number % 2].acquire(
                                "lead", for: Replica(name: "\(number)", url: ""),
                                milliseconds: 3_600_000)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
                }
                let lease = try #require(leases.first)
                #expect(leases.count == 1 && lease.epoch == turn)
                try await stores[0].release(lease)
            }
            for store in stores { await store.close() }
        }

        @Test func `transactions that deadlock are run again`() async throws {
            let fixture = try StoreFixture(.postgreSQL)
            try await fixture.withStore { store in
                let database = try #require(store as? SQLStore).database
                let meeting = Meeting()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (first, second) in [("devices", "checks"), ("checks", "devices")] {
                        group.addTask {
                            try await database.write { connection in
                                let sql = "UPDATE counter SET value = value + 1 WHERE name = $1"
                                try connection.execute(sql, SQLValue(first))
                                // Each has one row by now, and wants the other's.
                                meeting.arrive(first)
                                try connection.execute(sql, SQLValue(second))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(meeting.arrivals == 3)
                let values = try await database.read { connection in
                    try connection.execute("SELECT value FROM counter WHERE name <> 'ledger'")
                }
                #expect(values == [SQLRow([.integer(2)]), SQLRow([.integer(2)])])
            }
        }

        @Test func `a server that goes away and comes back is found again`() async throws {
            let server = try PostgreSQLServer()
            let store = try await PostgreSQLStore.open(try server.makeDatabase())
            try await fill(store)
            let contents = try await StoreContents(of: store)
            for _ in 0..<2 {
                try server.stop()
                for _ in 0..<6 {
                    let error = await #expect(throws: StoreError.self) { try await store.check() }
                    guard case .unavailable = error else {
                        Issue.record("\(String(describing: error))")
                        continue
                    }
                    await #expect(throws: StoreError.self) { _ = try await store.tasks() }
                }
                try server.start()
                var attempts = 0
                while attempts < 100 {
                    do {
                        try await store.check()
                        break
                    } catch { try await Task.sleep(for: .milliseconds(100)) }
                    attempts += 1
                }
                #expect(try await StoreContents(of: store) == contents)
            }
            // One that comes back between two calls is not even noticed.
            try server.stop()
            try server.start()
            try await store.check()
            #expect(try await StoreContents(of: store) == contents)
            await store.close()
        }

        @Test func `what was acknowledged before a crash is there afterwards`() async throws {
            let server = try PostgreSQLServer()
            let store = try await PostgreSQLStore.open(try server.makeDatabase())
            let acknowledged = Tally()
            let ended = Tally()
            let writer = Task {
                defer { ended.add(1) }
                var end = 0
                while !Task.isCancelled {
                    do {
                        try await store.commit(
                            [.appendLedger(offset: end, bytes: [UInt8(end % 251)])], under: nil)
                        end += 1
                    } catch StoreError.unavailable {
                        // Whether the last byte was written is to be looked up, once that can be.
                        var ledger: [UInt8]?
                        while ledger == nil {
                            do { ledger = try await store.ledger(from: 0) } catch {
                                guard case StoreError.unavailable = error else { throw error }
                                try? await Task.sleep(for: .milliseconds(10))
                            }
                        }
                        let found = ledger?.count ?? 0
                        #expect(found == end || found == end + 1)
                        end = found
                    }
                    acknowledged.value = end
                }
            }
            for isLast in [false, false, false, true] {
                let goal = acknowledged.value + 20
                while acknowledged.value < goal, ended.value == 0 {
                    try await Task.sleep(for: .milliseconds(1))
                }
                if isLast { break }
                try server.stop(.immediate)
                try server.start()
            }
            writer.cancel()
            try await writer.value
            let ledger = try await store.ledger(from: 0)
            #expect(ledger == (0..<ledger.count).map { UInt8($0 % 251) })
            #expect(ledger.count == acknowledged.value)
            await store.close()
        }

        @Test func `refusals are told apart by their SQLSTATE`() {
            #expect(PostgreSQLFailure(sqlState: "53100", message: "m").error == .full("m"))
            #expect(PostgreSQLFailure(sqlState: "40001", message: "m").kind == .conflict)
            #expect(PostgreSQLFailure(sqlState: "40P01", message: "m").kind == .conflict)
            #expect(PostgreSQLFailure(sqlState: "57P01", message: "m").kind == .lost)
            for state in ["55P03", "57014", "25006", "28P01", "53300", "42501", "3D000"] {
                let failure = PostgreSQLFailure(sqlState: state, message: "m")
                #expect(failure.kind == .lasting && failure.error == .unavailable("m"))
            }
            for state in ["23505", "23503", "42P01", "XX001", "22P02"] {
                let failure = PostgreSQLFailure(sqlState: state, message: "m")
                #expect(failure.error == .damaged("m (SQLSTATE \(state))"))
            }
        }

        @Test func `a newer version is refused`() async throws {
            let fixture = try StoreFixture(.postgreSQL)
            try await fixture.withStore { try await $0.check() }
            try PostgreSQLServer.shared?.run(
                "INSERT INTO covey.schema_version VALUES (7)", in: fixture.connectionString)
            await #expect(throws: StoreError.tooNew(version: 7, known: StoreSchema.version)) {
                _ = try await fixture.open()
            }
        }

        @Test(arguments: [
            "host=/nowhere user=covey password=hunter2 dbname=covey",
            "postgresql://covey:hunter2@127.0.0.1:1/covey",
            "postgresql://covey:hunter2@@127.0.0.1:1/covey",
            "postgresql://covey:x/hunter2@127.0.0.1:1/covey",
            "postgresql://covey:12/hunter2@127.0.0.1:1/covey",
            "postgresql://covey:@hunter2@127.0.0.1/covey", "hunter2", "password = hunter2 host",
            "postgresql://covey:hunter2@127.0.0.1/covey?hunter2", "port=hunter2", "",
        ])
        func `no message holds the password`(string: String) async throws {
            let error = await #expect(throws: StoreError.self) {
                _ = try await PostgreSQLStore.open(string)
            }
            guard case .unavailable(let reason) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(!reason.contains("hunter2") && !reason.contains("\n") && !reason.isEmpty)
        }

        @Test func `sessions that the server ends are taken up anew`() async throws {
            let fixture = try StoreFixture(.postgreSQL)
            try await fixture.withStore { store in
                try PostgreSQLServer.shared?.run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                        + "current_database() AND pid <> pg_backend_pid()",
                    in: fixture.connectionString)
                try await store.check()
                #expect(try await store.tasks() == [])
            }
        }
    }

    /// Where two transactions wait until both have come.
    private final class Meeting: Sendable {
        private let state = Mutex((names: Set<String>(), arrivals: 0))

        var arrivals: Int { state.withLock { $0.arrivals } }

        func arrive(_ name: String) {
            state.withLock {
                $0.names.insert(name)
                $0.arrivals += 1
            }
            while state.withLock({ $0.names.count < 2 }) { Thread.sleep(forTimeInterval: 0.001) }
        }
    }
#endif
