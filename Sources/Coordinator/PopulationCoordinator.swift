internal import DifferentialPrivacy
internal import FederatedProtocol
package import Logging
internal import PrivacyLedger
internal import PrivateAggregation
package import Sodium

/// A coordinator: enrols devices, holds the rounds of its tasks with them, and keeps the ledger.
///
/// Of all coordinators that share a store, one *leads*: it decides, under a lease, on tasks, rounds and
/// ledger. The others enrol devices, answer questions, and add up the masked inputs of devices that the
/// leader sent to them.
///
/// Everything that is acknowledged is in the store before. Rounds under way are not: where the leader
/// dies, the next one finds them in the ledger, declares them abandoned and goes on.
package actor PopulationCoordinator {
    let configuration: CoordinatorConfiguration
    let store: any CoordinatorStore
    let key: SigningKey
    let clock: CoordinatorClock
    let logger: Logger
    let bearers: BearerTokens
    let challenges: Challenges
    let uploadKey: AuthenticationKey

    /// The ledger as far as it is durable.
    var log: LedgerLog
    /// What all tasks together have spent, and how often their rounds have begun.
    var account: PopulationAccount
    var lease: Lease?
    /// Reading what another leader has added to the ledger.
    var refreshing: Task<Void, any Error>?
    var registry = DeviceRegistry()
    /// Oldest first.
    var tasks: [RunningTask] = []
    /// The task of each round under way, by its session.
    var sessions: [[UInt8]: String] = [:]
    /// How rounds ended that devices may still ask for.
    var endings = RecentEndings()
    /// The sums of others' rounds that are collected here.
    var collectors: [[UInt8]: Collector] = [:]
    /// Who else is there, as of the last look.
    var replicas: [Replica] = []
    var leader: Replica?
    var isDraining = false
    private var isWriting = false
    private var waitingToWrite: [CheckedContinuation<Void, Never>] = []

    /// Opens the store's ledger, or begins one.
    ///
    /// - Parameters:
    ///   - configuration: What the operator decided.
    ///   - store: Where everything is kept.
    ///   - key: Signs the ledger and the models.
    ///   - clock: The system's, outside tests.
    ///   - logger: Told what happens; never who.
    /// - Throws: ``StoreError``, ``PrivacyLedger/LedgerError`` where the store's ledger is not what
    ///   `key` signed, or ``CoordinatorError`` where it does not agree with the configuration.
    package init(
        configuration: CoordinatorConfiguration, store: any CoordinatorStore, key: SigningKey,
        clock: CoordinatorClock = .system, logger: Logger
    ) async throws {
        self.configuration = configuration
        self.store = store
        self.key = key
        self.clock = clock
        self.logger = logger
        bearers = BearerTokens(
            key: AuthenticationKey(try await store.secret("bearer tokens")),
            validity: 60 * 60 * 1000)
        challenges = Challenges(key: AuthenticationKey(try await store.secret("challenges")))
        uploadKey = AuthenticationKey(try await store.secret("uploads"))
        log = try await Self.readLedger(of: store, configuration, key)
        account = try Self.account(of: log)
    }

    private static func readLedger(
        of store: any CoordinatorStore, _ configuration: CoordinatorConfiguration, _ key: SigningKey
    ) async throws -> LedgerLog {
        let name = "the ledger"
        let bytes = try await store.ledger(from: 0)
        guard bytes.isEmpty else {
            let log = try LedgerLog(bytes: bytes, name: name, key: key)
            try configuration.check(log.opening)
            return log
        }
        var log = LedgerLog(name: name, key: key)
        let opening = configuration.opening(key: key.publicKey)
        let addition = try log.appending([.opening(opening)], time: 0, signing: true)
        do {
            try await store.commit(
                [.appendLedger(offset: addition.offset, bytes: addition.bytes)], under: nil)
            log.take(addition)
            return log
        } catch StoreError.ledgerMoved {
            // Another replica was faster.
            let bytes = try await store.ledger(from: 0)
            return try LedgerLog(bytes: bytes, name: name, key: key)
        }
    }

    /// What the rounds of a ledger have spent.
    static func account(of log: LedgerLog) throws -> PopulationAccount {
        guard let opening = log.opening else { throw CoordinatorError.noOpening }
        var account = PopulationAccount(
            delta: opening.target.budget.delta, neighbouring: opening.neighbouring)
        var noise: [String: NoiseDistribution] = [:]
        for entry in log.entries {
            switch entry.content {
            case .task(let task):
                account.open(task: task.name, population: task.population, policy: task.policy)
            case .plan(let plan):
                account.begin(task: plan.task)
                noise[plan.task] = plan.sum.noise
            case .charge(let charge):
                try account.charge(
                    task: charge.task, rho: charge.rho,
                    noise: noise[charge.task] ?? .discreteGaussian)
            case .opening, .outcome, .statement: break
            }
        }
        return account
    }

    // MARK: Writing

    /// What is to be written in one step.
    struct Writing {
        var entries: [LedgerEntry.Content] = []
        var changes: [StoreChange] = []
    }

    /// Makes entries and changes durable in one step, then takes the entries into ``log``.
    ///
    /// One write waits for the other. What a write depends on is therefore read in `prepare`, and what
    /// follows from it is done in `apply`: in between nobody else writes.
    ///
    /// Where it throws, nothing was changed, or it cannot be known: then the coordinator no longer
    /// leads, and whoever leads next reads what is there.
    ///
    /// - Parameters:
    ///   - prepare: Says what is to be written, once it is this write's turn; nil for nothing.
    ///   - apply: Takes into memory what is durable now.
    func write(_ prepare: () throws -> Writing?, applying apply: () -> Void) async throws {
        await takeTurn()
        defer { passTurn() }
        guard let lease else { throw StoreError.leaseLost }
        guard let writing = try prepare() else { return }
        let addition = try log.appending(writing.entries, time: clock.wall(), signing: true)
        let ledger: [StoreChange] =
            addition.bytes.isEmpty
            ? [] : [.appendLedger(offset: addition.offset, bytes: addition.bytes)]
        do { try await store.commit(ledger + writing.changes, under: lease) } catch {
            if case StoreError.full = error { throw error }
            logger.error("no longer leading", metadata: ["reason": "\(error)"])
            stepDown()
            throw error
        }
        // Where another leader came in between, this is no longer our ledger.
        guard self.lease == lease else { throw StoreError.leaseLost }
        log.take(addition)
        apply()
    }

    /// Waits until nobody else writes; the order is that of coming.
    private func takeTurn() async {
        guard isWriting else { return isWriting = true }
        await withCheckedContinuation { waitingToWrite.append($0) }
    }

    private func passTurn() {
        if waitingToWrite.isEmpty {
            isWriting = false
        } else {
            waitingToWrite.removeFirst().resume()
        }
    }

    /// Stops leading: everything under way is lost, and read anew by whoever leads next.
    func stepDown() {
        lease = nil
        for task in tasks {
            guard let round = task.round else { continue }
            endings.note(
                round.live, completed: false, reason: "the coordinator stopped leading")
        }
        tasks = []
        sessions = [:]
    }
}

/// Why a coordinator cannot start.
package enum CoordinatorError: Error, Equatable, CustomStringConvertible {
    /// The stored ledger was begun under another configuration.
    case otherOpening(String)
    /// The stored ledger has no opening.
    case noOpening
    /// A stored task cannot be read.
    case unreadableTask(name: String, reason: String)

    /// The cause and the remedy, in one line.
    package var description: String {
        switch self {
        case .otherOpening(let difference):
            "the stored ledger was begun with \(difference); what its opening says holds for ever: "
                + "change the configuration back, or begin with a new store"
        case .noOpening: "the stored ledger has no opening; restore a backup"
        case .unreadableTask(let name, let reason):
            "the stored task \(name.debugDescription) cannot be read: \(reason)"
        }
    }
}

extension CoordinatorConfiguration {
    /// The first entry of the ledger.
    func opening(key: [UInt8]) -> LedgerOpening {
        LedgerOpening(
            origin: origin, publicKey: key, randomness: isRehearsal ? .seeded : .operatingSystem,
            neighbouring: neighbouring, target: target)
    }

    /// Checks that a stored ledger was begun with this configuration.
    func check(_ stored: LedgerOpening?) throws(CoordinatorError) {
        guard let stored else { throw .noOpening }
        let own = opening(key: stored.publicKey)
        for (name, one, other) in [
            ("ledger.origin", stored.origin, own.origin),
            ("rehearsal", "\(stored.randomness == .seeded)", "\(isRehearsal)"),
            ("ledger.epsilon", "\(stored.target.budget.epsilon)", "\(target.budget.epsilon)"),
            ("ledger.delta", "\(stored.target.budget.delta)", "\(target.budget.delta)"),
            ("ledger.neighbouring", stored.neighbouring.rawValue, neighbouring.rawValue),
            ("ledger.against", stored.target.against.rawValue, target.against.rawValue),
        ] where one != other {
            throw .otherOpening("\(name) = \(one), and the configuration says \(other)")
        }
    }
}
