import Testing

@testable import Coordinator

struct CommitTests {
    @Test(arguments: StoreKind.available)
    func `tasks and rounds come back as they were written last`(kind: StoreKind) async throws {
        let fixture = try StoreFixture(kind)
        var tasks = [task("zebra"), task("ant", checkpoint: key(1), model: key(2)), task("bee")]
        tasks[1].created = 5
        tasks[2].state = .failed
        tasks[2].scenario = "nul \0 is no text"
        var rounds = (0..<5).map { round($0, of: "ant") }
        try await fixture.withStore { store in
            try await store.commit(
                rounds.map { .putRound($0) } + tasks.map { .putTask($0) }, under: nil)
            tasks[0].state = .paused
            tasks[0].checkpoint = key(3)
            rounds[4].state = .completed
            rounds[4].survivors = []
            rounds[4].ended = .max
            try await store.commit([.putTask(tasks[0]), .putRound(rounds[4])], under: nil)
        }
        tasks[2].scenario = "nul \u{FFFD} is no text"
        try await fixture.withStore { store in
            let found = try await store.tasks()
            #expect(found == tasks)
            #expect(try await store.rounds(of: "ant", limit: 100) == rounds)
            #expect(try await store.rounds(of: "ant", limit: 2) == Array(rounds[3...]))
            #expect(try await store.rounds(of: "bee", limit: 2) == [])
        }
    }

    @Test(arguments: StoreKind.available)
    func `devices are counted once for each round`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            try await store.commit(
                [
                    .putTask(task("a")), .putRound(round(0, of: "a")), .putRound(round(1, of: "a")),
                    .invite(task: "a", round: 0, devices: [7, 1, 300_000]),
                    .invite(task: "a", round: 0, devices: [1, 2]),
                    .invite(task: "a", round: 1, devices: [1]),
                    .contribute(task: "a", round: 1, devices: [300_000, 1]),
                ], under: nil)
            try await store.commit([.invite(task: "a", round: 1, devices: [1])], under: nil)
            #expect(try await store.invitationCounts(of: "a") == [1: 2, 2: 1, 7: 1, 300_000: 1])
            #expect(try await store.invitationCounts(of: "b") == [:])
            #expect(try await store.contributors(to: 1, of: "a") == [1, 300_000])
            #expect(try await store.contributors(to: 0, of: "a") == [])
        }
    }

    @Test(arguments: StoreKind.available)
    func `figures are kept one for each model and metric`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            var figures = [
                QualityFigure(queriesDone: 1, metric: "HR@10", value: 0.5, time: 3),
                QualityFigure(queriesDone: 1, metric: "NDCG@10", value: -0.25, time: 3),
                QualityFigure(queriesDone: 2, metric: "HR@10", value: 1e-30, time: 2),
            ]
            try await store.commit(
                [.putTask(task("a"))]
                    + figures.reversed().map { .putQuality(task: "a", $0) }, under: nil)
            figures[2].value = 0.75
            try await store.commit([.putQuality(task: "a", figures[2])], under: nil)
            #expect(try await store.quality(of: "a") == figures)
            let unknown = QualityFigure(queriesDone: 3, metric: "HR@10", value: .nan, time: 9)
            try await store.commit([.putQuality(task: "a", unknown)], under: nil)
            #expect(try await store.quality(of: "a").last?.value.isNaN == true)
        }
    }

    @Test(arguments: StoreKind.available)
    func `a change that fails takes all others with it`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            try await store.commit([.appendLedger(offset: 0, bytes: [1])], under: nil)
            await #expect(throws: StoreError.ledgerMoved(expected: 5, actual: 2)) {
                try await store.commit(
                    [
                        .putTask(task("a")), .putRound(round(0, of: "a")),
                        .appendLedger(offset: 1, bytes: [2]),
                        .putSnapshot(hash: key(1), bytes: [9]),
                        .invite(task: "a", round: 0, devices: [1]),
                        .appendLedger(offset: 5, bytes: [3]),
                    ], under: nil)
            }
            #expect(try await store.tasks() == [])
            #expect(try await store.rounds(of: "a", limit: 9) == [])
            #expect(try await store.ledger(from: 0) == [1])
            #expect(try await store.snapshot(key(1)) == nil)
            #expect(try await store.invitationCounts(of: "a") == [:])
        }
    }

    @Test(arguments: StoreKind.available)
    func `a round of no task is refused`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            let error = await #expect(throws: StoreError.self) {
                try await store.commit([.putRound(round(0, of: "none"))], under: nil)
            }
            #expect(error?.description.contains("contradicts itself") == true)
            let rounds = try await store.rounds(of: "none", limit: 1)
            #expect(rounds == [])
        }
    }

    @Test(arguments: StoreKind.available)
    func `a snapshot goes once no task refers to it`(kind: StoreKind) async throws {
        try await StoreFixture(kind).withStore { store in
            let large = [UInt8]((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
            try await store.commit(
                [
                    .putSnapshot(hash: key(1), bytes: large),
                    .putSnapshot(hash: key(1), bytes: large),
                    .putSnapshot(hash: key(2), bytes: []),
                    .putTask(task("a", checkpoint: key(1), model: key(1))),
                ], under: nil)
            try await store.commit(
                [.putSnapshot(hash: key(1), bytes: large), .removeSnapshot(hash: key(1))],
                under: nil)
            #expect(try await store.snapshot(key(1)) == large)
            #expect(try await store.snapshot(key(2)) == [])
            #expect(try await store.snapshot(key(3)) == nil)
            // Removed with the change that lets go of it, wherever that stands.
            try await store.commit(
                [
                    .removeSnapshot(hash: key(1)), .removeSnapshot(hash: key(2)),
                    .putTask(task("a", checkpoint: key(2))),
                ], under: nil)
            #expect(try await store.snapshot(key(1)) == nil)
            #expect(try await store.snapshot(key(2)) == [])
        }
    }
}
