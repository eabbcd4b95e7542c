@testable import Coordinator

/// Everything durable that a store tells, for comparisons.
struct StoreContents: Equatable {
    var secret: [UInt8]
    var devices: [EnrolledDevice]
    var tasks: [StoredTask]
    var rounds: [StoredRound]
    var invitations: [Int: Int]
    var contributors: [[Int]]
    var quality: [QualityFigure]
    var ledger: [UInt8]
    var snapshots: [[UInt8]?]

    static let snapshotNumbers = [900, 1, 2, 3]

    init(of store: any CoordinatorStore) async throws {
        secret = try await store.secret("bearer")
        devices = try await store.devices(from: 0, limit: .max)
        tasks = try await store.tasks()
        rounds = []
        invitations = [:]
        contributors = []
        quality = []
        snapshots = []
        for task in tasks {
            let itsRounds = try await store.rounds(of: task.name, limit: .max)
            for round in itsRounds {
                contributors.append(try await store.contributors(to: round.round, of: task.name))
            }
            rounds += itsRounds
            invitations.merge(try await store.invitationCounts(of: task.name), uniquingKeysWith: +)
            quality += try await store.quality(of: task.name)
        }
        ledger = try await store.ledger(from: 0)
        for number in Self.snapshotNumbers {
            snapshots.append(try await store.snapshot(key(number)))
        }
    }
}

private func figure(_ value: Double, at time: Int64) -> QualityFigure {
    QualityFigure(queriesDone: 3, metric: "HR@10", value: value, time: time)
}

/// Fills a store with something in every table.
func fill(_ store: any CoordinatorStore) async throws {
    try await store.addEnrolmentTokens(hashes: [key(50), key(51)], expiry: 100)
    _ = try await store.enrol(
        [EnrolmentRequest(identity: key(0), tokenHash: key(50))]
            + (1..<300).map { EnrolmentRequest(identity: key($0)) }, at: 7)
    let large = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    try await store.commit(
        [
            .putSnapshot(hash: key(900), bytes: [1, 2, 3]),
            .putSnapshot(hash: key(1), bytes: large), .putSnapshot(hash: key(2), bytes: []),
            .putTask(task("second", checkpoint: key(1), model: key(2))), .putTask(task("first")),
            .appendLedger(offset: 0, bytes: [UInt8](repeating: 1, count: 100)),
            .putQuality(task: "second", figure(0.5, at: 8)),
            .putQuality(task: "first", figure(-.infinity, at: .min)),
        ], under: nil)
    for number in 0..<20 {
        let end = 100 + number * 50
        try await store.commit(
            [
                .putRound(round(number, of: "second")),
                .invite(task: "second", round: number, devices: Array(0..<200)),
                .contribute(task: "second", round: number, devices: Array(number..<150)),
                .appendLedger(offset: end, bytes: [UInt8](repeating: 2, count: 50)),
            ], under: nil)
    }
}
