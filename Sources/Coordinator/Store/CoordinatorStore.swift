/// Everything of a coordinator that must outlive its process: enrolments, tasks, rounds, the ledger,
/// snapshots and participations. Cohorts are not in it: a round whose coordinator dies is abandoned.
///
/// What a function has written is durable when it returns. Several coordinators may share one store;
/// those of them that change tasks, rounds and ledger do so under a ``Lease``.
public protocol CoordinatorStore: Sendable {
    // MARK: Secrets

    /// The shared secret of a name, 32 bytes; drawn at random where there is none yet.
    func secret(_ name: String) async throws -> [UInt8]

    // MARK: Devices

    /// Enrols devices, each under the next number, all in one transaction. One that is enrolled
    /// already keeps its number and needs no token.
    ///
    /// - Returns: What came of each, in order.
    func enrol(_ requests: [EnrolmentRequest], at time: Int64) async throws -> [EnrolmentResult]

    /// The enrolled devices whose numbers are `first` or larger, in order, `limit` at the most.
    func devices(from first: Int, limit: Int) async throws -> [EnrolledDevice]

    /// An enrolled device by its identity; nil where it is not enrolled.
    func device(_ identity: [UInt8]) async throws -> EnrolledDevice?

    /// Stores one-time enrolment tokens as their hashes, good until `expiry` (milliseconds since 1970).
    func addEnrolmentTokens(hashes: [[UInt8]], expiry: Int64) async throws

    // MARK: Tasks and rounds

    /// All tasks, oldest first.
    func tasks() async throws -> [StoredTask]

    /// The last `limit` rounds of a task in the order of their numbers.
    func rounds(of task: String, limit: Int) async throws -> [StoredRound]

    /// How many rounds each device was invited to, by device number; zeros left out.
    func invitationCounts(of task: String) async throws -> [Int: Int]

    /// The devices that are in the sum of a round, ascending.
    func contributors(to round: Int, of task: String) async throws -> [Int]

    /// The figures reported for a task's models, oldest first.
    func quality(of task: String) async throws -> [QualityFigure]

    // MARK: Ledger and snapshots

    /// The bytes of the ledger from `offset` on, as they would stand in a ledger file.
    func ledger(from offset: Int) async throws -> [UInt8]

    /// The size of a snapshot in bytes; nil where there is none.
    func snapshotByteCount(_ hash: [UInt8]) async throws -> Int?

    /// A snapshot by its BLAKE2b hash; nil where there is none.
    func snapshot(_ hash: [UInt8]) async throws -> [UInt8]?

    // MARK: Changes

    /// Makes changes, all or none of them, in their order. A snapshot that is removed stays as long as
    /// a task refers to it after all changes.
    ///
    /// After ``StoreError/unavailable(_:)`` the changes may have been made: the connection can break
    /// when they are, and before that is heard. The ledger's end tells. After every other error,
    /// nothing was changed.
    ///
    /// - Parameter lease: Under which the caller acts; checked in the same transaction.
    /// - Throws: ``StoreError/leaseLost``, ``StoreError/ledgerMoved(expected:actual:)``, and others.
    func commit(_ changes: [StoreChange], under lease: Lease?) async throws

    // MARK: Replicas

    /// Takes a lease that is free or has expired, or renews one's own.
    ///
    /// - Returns: The lease; nil while somebody else has it.
    func acquire(_ name: String, for replica: Replica, milliseconds: Int) async throws -> Lease?

    /// Gives a lease back, where it is still held.
    func release(_ lease: Lease) async throws

    /// Who holds a lease that has not expired; nil where nobody does.
    func holder(of name: String) async throws -> Replica?

    /// Says that a replica is there, for so long.
    func announce(_ replica: Replica, milliseconds: Int) async throws

    /// The replicas that have announced themselves and not expired.
    func replicas() async throws -> [Replica]

    /// Tells how many masked vectors a replica has added up for a sum.
    func reportCollected(_ count: Int, session: [UInt8], replica: String) async throws

    /// What replicas have added up for a sum, by their names.
    func collected(session: [UInt8]) async throws -> [String: Int]

    /// Closes the collection of a sum: replicas hand in what they have.
    func closeCollection(session: [UInt8]) async throws

    /// Whether the collection of a sum is closed.
    func isCollectionClosed(session: [UInt8]) async throws -> Bool

    /// Hands in what a replica has added up. The first time counts; later ones change nothing.
    func handIn(_ partial: PartialSum) async throws

    /// What was handed in for a sum.
    func partialSums(session: [UInt8]) async throws -> [PartialSum]

    /// Forgets a sum's collection, and what nobody has forgotten for a day.
    func forgetCollection(session: [UInt8]) async throws

    // MARK: Care

    /// How long changes took to be durable.
    var commitTimes: Latencies { get }

    /// Whether the store answers and can be written.
    func check() async throws

    /// Writes everything, as of one moment, to a new file.
    func backUp(to path: String) async throws

    /// Fills an empty store from a file that ``backUp(to:)`` wrote, from whatever kind of store.
    func restore(from path: String) async throws

    /// Closes the store; nothing can be asked of it afterwards.
    func close() async
}
