import Foundation
import GRDB
import Testing

@testable import Coordinator

struct SQLiteStoreTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture(.sqlite) }

    private func openingError() async -> StoreError? {
        await #expect(throws: StoreError.self) { _ = try await fixture.open() }
    }

    @Test func `a second opening is refused while the first lasts`() async throws {
        try await fixture.withStore { store in
            let second = await openingError()
            #expect(second == .inUse(fixture.path))
            try await store.check()
        }
        try await fixture.withStore { try await $0.check() }
    }

    @Test func `another process is refused too`() async throws {
        try await fixture.withStore { _ in
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["flock", "-n", fixture.path + "-lock", "true"]
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus != 0)
        }
    }

    @Test func `commits are durable, and the log is one that readers do not wait for`() async throws
    {
        try await fixture.withStore { store in
            let database = try #require(store as? SQLStore).database
            let settings = try await database.write { connection in
                try ["synchronous", "journal_mode", "foreign_keys"].map {
                    try connection.execute("PRAGMA \($0)").first?.values.first
                }
            }
            #expect(settings == [.integer(2), .text("wal"), .integer(1)])
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: fixture.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a store that was closed is whole in its file alone`() async throws {
        try await fixture.withStore {
            try await $0.addEnrolmentTokens(hashes: [[UInt8](repeating: 1, count: 32)], expiry: 9)
        }
        let copy = fixture.path + "-copy"
        try FileManager.default.copyItem(atPath: fixture.path, toPath: copy)
        let count = try await DatabaseQueue(path: copy).read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM enrolment_token")
        }
        #expect(count == 1)
    }

    @Test func `a newer version is refused and left alone`() async throws {
        try await fixture.withStore { try await $0.check() }
        try await DatabaseQueue(path: fixture.path).write {
            try $0.execute(sql: "INSERT INTO schema_version (version) VALUES (7)")
        }
        let error = await openingError()
        #expect(error == .tooNew(version: 7, known: StoreSchema.version))
    }

    @Test func `a file that is no store is refused and left as it is`() async throws {
        let text = Data("This is a text, and not a short one: it is longer than a header.".utf8)
        try text.write(to: URL(filePath: fixture.path))
        var error = await openingError()
        #expect(error?.description.contains("not an SQLite database") == true)
        #expect(FileManager.default.contents(atPath: fixture.path) == text)

        try FileManager.default.removeItem(atPath: fixture.path)
        try await DatabaseQueue(path: fixture.path).write {
            try $0.execute(sql: "CREATE TABLE device (number INTEGER)")
        }
        let foreign = FileManager.default.contents(atPath: fixture.path)
        error = await openingError()
        #expect(error?.description.contains("no coordinator's") == true)
        #expect(FileManager.default.contents(atPath: fixture.path) == foreign)
    }

    @Test(arguments: ["/missing/coordinator.db", "/file/coordinator.db", "/folder", "/proc"])
    func `a place where no file can be is refused`(place: String) async throws {
        try Data([1]).write(to: URL(filePath: fixture.folder + "/file"))
        try FileManager.default.createDirectory(
            atPath: fixture.folder + "/folder", withIntermediateDirectories: true)
        let path = place == "/proc" ? "/proc/coordinator.db" : fixture.folder + place
        let error = await #expect(throws: StoreError.self) {
            _ = try await SQLiteStore.open(at: path)
        }
        guard case .file(path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a full disk is said so, and nothing is changed`() async throws {
        try await fixture.withStore { store in
            try await fill(store)
            let contents = try await StoreContents(of: store)
            let database = try #require(store as? SQLStore).database
            let pages = try await database.write { connection in
                try connection.execute("PRAGMA page_count").first?.number(0) ?? 0
            }
            func limit(_ pages: Int) async throws {
                _ = try await database.write { try $0.execute("PRAGMA max_page_count = \(pages)") }
            }
            try await limit(pages)
            let error = await #expect(throws: StoreError.self) {
                try await store.commit(
                    [
                        .appendLedger(offset: 1100, bytes: [1]),
                        .putSnapshot(hash: key(3), bytes: [UInt8](repeating: 1, count: 100_000)),
                    ], under: nil)
            }
            guard case .full = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await StoreContents(of: store) == contents)
            try await limit(1_000_000)
            try await store.commit([.appendLedger(offset: 1100, bytes: [1])], under: nil)
        }
    }

    @Test func `damaged columns are errors`() async throws {
        try await fixture.withStore { try await fill($0) }
        try await DatabaseQueue(path: fixture.path).write {
            try $0.execute(
                sql: """
                    UPDATE device SET identity = 'text' WHERE number = 5;
                    UPDATE task SET state = 'dancing' WHERE name = 'first';
                    UPDATE participation SET devices = x'ffffffffffffffffff01';
                    UPDATE ledger_chunk SET bytes = x'01' WHERE begins = 150;
                    """)
        }
        try await fixture.withStore { store in
            for read: @Sendable () async throws -> Void in [
                { _ = try await store.devices(from: 0, limit: 10) },
                { _ = try await store.tasks() },
                { _ = try await store.invitationCounts(of: "second") },
                { _ = try await store.ledger(from: 0) },
            ] {
                let error = await #expect(throws: StoreError.self) { try await read() }
                guard case .damaged = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            let ledger = try await store.ledger(from: 200)
            #expect(ledger.count == 900)
        }
    }

    @Test func `a closed store refuses`() async throws {
        let store = try await fixture.open()
        await store.close()
        await store.close()
        await #expect(throws: StoreError.self) { _ = try await store.tasks() }
        await #expect(throws: StoreError.self) { try await store.check() }
    }
}
