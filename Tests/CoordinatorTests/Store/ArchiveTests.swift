import Foundation
import Sodium
import Testing

@testable import Coordinator

struct ArchiveTests {
    private static let pairs = StoreKind.available.flatMap { from in
        StoreKind.available.map { (from, $0) }
    }

    @Test(arguments: pairs)
    func `a backup restores everything into whatever kind of store`(
        from: StoreKind, to: StoreKind
    ) async throws {
        let source = try StoreFixture(from)
        let path = source.folder + "/backup.covey"
        let original = try await source.withStore { store in
            try await fill(store)
            let lease = try await store.acquire(
                "lead", for: Replica(name: "one", url: ""), milliseconds: 1_000_000)
            #expect(lease != nil)
            let contents = try await StoreContents(of: store)
            try await store.backUp(to: path)
            return contents
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: source.folder)
        #expect(!files.contains { $0.contains("partial") })
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)

        let target = try StoreFixture(to)
        try await target.withStore { store in
            try await store.restore(from: path)
            let restored = try await StoreContents(of: store)
            #expect(restored == original)
            #expect(try await store.holder(of: "lead") == nil)
            // Numbers, offsets and tokens go on where they were.
            let requests = [50, 51].map {
                EnrolmentRequest(identity: key(1000 + $0), tokenHash: key($0))
            }
            let device = EnrolledDevice(number: 300, identity: key(1051), time: 9)
            #expect(
                try await store.enrol(requests, at: 9) == [.tokenRefused, .enrolled(device)])
            try await store.commit([.appendLedger(offset: 1100, bytes: [3])], under: nil)
            await #expect(throws: StoreError.notEmpty) { try await store.restore(from: path) }
        }
        // The same content makes the same file.
        let again = source.folder + "/again.covey"
        let third = try StoreFixture(.sqlite)
        try await third.withStore { store in
            try await store.restore(from: path)
            try await store.backUp(to: again)
        }
        #expect(
            FileManager.default.contents(atPath: again)
                == FileManager.default.contents(atPath: path))
    }

    @Test(arguments: StoreKind.available)
    func `a backup is of one moment while others go on writing`(kind: StoreKind) async throws {
        let source = try StoreFixture(kind)
        let path = source.folder + "/backup.covey"
        try await source.withStore { store in
            try await fill(store)
            let ended = Tally()
            let writer = Task {
                defer { ended.add(1) }
                // Each commit keeps the ledger as long as the contributors are many.
                var round = 0
                while !Task.isCancelled {
                    let next = StoredRound(
                        task: "first", round: round, query: 0, queryName: "", session: [],
                        state: .charged, invited: 0, began: 0)
                    try await store.commit(
                        [
                            .putRound(next),
                            .contribute(task: "first", round: round, devices: [round]),
                            .appendLedger(offset: 1100 + round, bytes: [9]),
                        ], under: nil)
                    round += 1
                }
                return round
            }
            while try await store.ledger(from: 1100).count < 3, ended.value == 0 {}
            try await store.backUp(to: path)
            let before = try await store.ledger(from: 1100).count
            while try await store.ledger(from: 1100).count <= before, ended.value == 0 {}
            writer.cancel()
            let written = try await writer.value
            #expect(try await store.ledger(from: 1100).count == written)
        }
        try await StoreFixture(.sqlite).withStore { store in
            try await store.restore(from: path)
            let count = try await store.ledger(from: 1100).count
            #expect(count >= 3)
            #expect(try await store.rounds(of: "first", limit: .max).count == count)
            for round in 0..<count {
                #expect(try await store.contributors(to: round, of: "first") == [round])
            }
        }
    }

    @Test func `a damaged or cut archive is refused with the place, and leaves nothing`()
        async throws
    {
        let source = try StoreFixture(.sqlite)
        let path = source.folder + "/backup.covey"
        try await source.withStore { store in
            try await fill(store)
            try await store.backUp(to: path)
        }
        let good = [UInt8](try #require(FileManager.default.contents(atPath: path)))
        try await StoreFixture(.sqlite).withStore { store in
            var random = SeededRandomness(seed: 3, label: "damage")
            let places =
                [0, 15, 16, 19, 20, good.count - 1]
                + (0..<40).map { _ in Int.random(in: 0..<good.count, using: &random) }
            for place in places {
                for isCut in [false, true] {
                    var bad = isCut ? Array(good.prefix(place)) : good
                    if !isCut { bad[place] ^= UInt8(1 << (place % 8)) }
                    try Data(bad).write(to: URL(filePath: path))
                    let error = await #expect(throws: StoreError.self) {
                        try await store.restore(from: path)
                    }
                    guard case .notABackup(path, let reason) = error else {
                        Issue.record("byte \(place): \(String(describing: error))")
                        continue
                    }
                    #expect(reason.contains("byte") || place < 16, "\(reason)")
                }
            }
            try Data(good + [0]).write(to: URL(filePath: path))
            await #expect(throws: StoreError.self) { try await store.restore(from: path) }
            try Data(good).write(to: URL(filePath: path))
            // Still empty, as the good one goes in.
            try await store.restore(from: path)
        }
    }

    @Test(arguments: StoreKind.available)
    func `well-formed archives with impossible content are refused whole`(
        kind: StoreKind
    ) async throws {
        let device: [SQLValue] = [.integer(0), .bytes(key(0)), .integer(0)]
        let columns = ["number", "identity", "enrolled"]
        func devices(_ rows: [[SQLValue]], _ columns: [String] = columns) -> ArchiveBlock {
            .rows(table: "device", columns: columns, rows: rows)
        }
        let beginning = ArchiveBlock.beginning(version: 1)
        let archives: [[ArchiveBlock]] = [
            [.beginning(version: StoreSchema.version + 1), .end(rowCount: 0)],
            [.end(rowCount: 0)],
            [beginning, devices([device])],
            [beginning, devices([device]), .end(rowCount: 2)],
            [beginning, devices([device, device]), .end(rowCount: 2)],
            [beginning, devices([[.integer(1)] + device[1...]]), .end(rowCount: 1)],
            [beginning, devices([device], columns + columns), .end(rowCount: 1)],
            [beginning, devices([device], ["number", "identity", "1; DROP"]), .end(rowCount: 1)],
            [beginning, .rows(table: "lease", columns: ["name"], rows: [[.null]])],
            [
                beginning,
                .rows(
                    table: "ledger_chunk", columns: ["begins", "bytes"],
                    rows: [[.integer(1), .bytes([1])]]), .end(rowCount: 1),
            ],
        ]
        let fixture = try StoreFixture(kind)
        let path = fixture.folder + "/backup.covey"
        try await fixture.withStore { store in
            for blocks in archives {
                var bytes = ArchiveBlock.firstLine
                var check = ArchiveBlock.firstCheck
                for block in blocks {
                    let content = block.content
                    check = ArchiveBlock.check(of: content, after: check)
                    let length = UInt32(content.count).littleEndian
                    bytes += withUnsafeBytes(of: length) { [UInt8]($0) } + content + check
                }
                try Data(bytes).write(to: URL(filePath: path))
                await #expect(throws: StoreError.self, "\(blocks)") {
                    try await store.restore(from: path)
                }
            }
            let devices = try await store.devices(from: 0, limit: 9)
            #expect(devices == [])
        }
    }

    @Test func `a backup never writes over a file, and says where it cannot write`() async throws {
        let fixture = try StoreFixture(.sqlite)
        try await fixture.withStore { store in
            let path = fixture.folder + "/there"
            try Data([1]).write(to: URL(filePath: path))
            for place in [path, path + "/below", fixture.folder + "/no/folder", "/dev/full/x"] {
                let error = await #expect(throws: StoreError.self) {
                    try await store.backUp(to: place)
                }
                guard case .file(place, _) = error else {
                    Issue.record("\(place): \(String(describing: error))")
                    continue
                }
            }
            #expect(FileManager.default.contents(atPath: path) == Data([1]))
            await #expect(throws: StoreError.self) { try await store.restore(from: "/no/file") }
        }
    }

    @Test func `an SQLite store is backed up while another process has it`() async throws {
        let fixture = try StoreFixture(.sqlite)
        let path = fixture.folder + "/backup.covey"
        try await fixture.withStore { store in
            try await fill(store)
            let reader = try await SQLiteStore.openForBackup(at: fixture.path)
            try await reader.backUp(to: path)
            await #expect(throws: StoreError.self) {
                try await reader.commit([.putTask(task("a"))], under: nil)
            }
            await reader.close()
            try await store.commit([.putTask(task("a"))], under: nil)
        }
        try await StoreFixture(.sqlite).withStore { store in
            try await store.restore(from: path)
            let devices = try await store.devices(from: 0, limit: 1000)
            #expect(devices.count == 300)
        }
        await #expect(throws: StoreError.self) {
            _ = try await SQLiteStore.openForBackup(at: fixture.folder + "/none.db")
        }
    }
}
