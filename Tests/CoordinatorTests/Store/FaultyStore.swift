import Coordinator
import Synchronization

/// A store that does not always do what it is asked.
final class FaultyStore: CoordinatorStore {
    /// What goes wrong with a commit.
    enum Fault: Sendable {
        /// Nothing is changed.
        case before(StoreError)
        /// Everything is, but the caller does not hear of it.
        case after(StoreError)
    }

    private let base: any CoordinatorStore
    private let fault = Mutex<(@Sendable ([StoreChange]) async -> Fault?)?>(nil)

    init(_ base: any CoordinatorStore) { self.base = base }

    /// Decides on every commit from now on.
    func fail(_ body: @escaping @Sendable ([StoreChange]) async -> Fault?) {
        fault.withLock { $0 = body }
    }

    func commit(_ changes: [StoreChange], under lease: Lease?) async throws {
        let decide = fault.withLock { $0 }
        switch await decide?(changes) {
        case .before(let error): throw error
        case .after(let error):
            try await base.commit(changes, under: lease)
            throw error
        case nil: try await base.commit(changes, under: lease)
        }
    }

    // Everything else is the other store's.

    var commitTimes: Latencies { base.commitTimes }

    func snapshotByteCount(_ hash: [UInt8]) async throws -> Int? {
        try await base.snapshotByteCount(hash)
    }

    func secret(_ name: String) async throws -> [UInt8] {
        try await base.secret(name)
    }

    func enrol(_ requests: [EnrolmentRequest], at time: Int64) async throws -> [EnrolmentResult] {
        try await base.enrol(requests, at: time)
    }

    func devices(from first: Int, limit: Int) async throws -> [EnrolledDevice] {
        try await base.devices(from: first, limit: limit)
    }

    func device(_ identity: [UInt8]) async throws -> EnrolledDevice? {
        try await base.device(identity)
    }

    func addEnrolmentTokens(hashes: [[UInt8]], expiry: Int64) async throws {
        try await base.addEnrolmentTokens(hashes: hashes, expiry: expiry)
    }

    func tasks() async throws -> [StoredTask] {
        try await base.tasks()
    }

    func rounds(of task: String, limit: Int) async throws -> [StoredRound] {
        try await base.rounds(of: task, limit: limit)
    }

    func invitationCounts(of task: String) async throws -> [Int: Int] {
        try await base.invitationCounts(of: task)
    }

    func contributors(to round: Int, of task: String) async throws -> [Int] {
        try await base.contributors(to: round, of: task)
    }

    func quality(of task: String) async throws -> [QualityFigure] {
        try await base.quality(of: task)
    }

    func ledger(from offset: Int) async throws -> [UInt8] {
        try await base.ledger(from: offset)
    }

    func snapshot(_ hash: [UInt8]) async throws -> [UInt8]? {
        try await base.snapshot(hash)
    }

    func acquire(_ name: String, for replica: Replica, milliseconds: Int) async throws -> Lease? {
        try await base.acquire(name, for: replica, milliseconds: milliseconds)
    }

    func release(_ lease: Lease) async throws {
        try await base.release(lease)
    }

    func holder(of name: String) async throws -> Replica? {
        try await base.holder(of: name)
    }

    func announce(_ replica: Replica, milliseconds: Int) async throws {
        try await base.announce(replica, milliseconds: milliseconds)
    }

    func replicas() async throws -> [Replica] {
        try await base.replicas()
    }

    func reportCollected(_ count: Int, session: [UInt8], replica: String) async throws {
        try await base.reportCollected(count, session: session, replica: replica)
    }

    func collected(session: [UInt8]) async throws -> [String: Int] {
        try await base.collected(session: session)
    }

    func closeCollection(session: [UInt8]) async throws {
        try await base.closeCollection(session: session)
    }

    func isCollectionClosed(session: [UInt8]) async throws -> Bool {
        try await base.isCollectionClosed(session: session)
    }

    func handIn(_ partial: PartialSum) async throws {
        try await base.handIn(partial)
    }

    func partialSums(session: [UInt8]) async throws -> [PartialSum] {
        try await base.partialSums(session: session)
    }

    func forgetCollection(session: [UInt8]) async throws {
        try await base.forgetCollection(session: session)
    }

    func check() async throws {
        try await base.check()
    }

    func backUp(to path: String) async throws {
        try await base.backUp(to: path)
    }

    func restore(from path: String) async throws {
        try await base.restore(from: path)
    }

    func close() async {
        await base.close()
    }
}
