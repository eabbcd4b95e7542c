internal import DifferentialPrivacy
public import FederatedProtocol
public import PrivacyLedger
public import Sodium

/// A device's participation in the rounds of one coordinator: the owner's consent and cap, the
/// conditions of the device, its privacy account, and, when ``participate(progress:)`` is called,
/// one round from the offer to the last message.
///
/// ```swift
/// let participation = try Participation(
///     opening: opening, identity: key, settings: settings, store: store, transport: transport,
///     contributors: [trainer, telemetry], time: { Int64(Date.now.timeIntervalSince1970) },
///     conditions: { await app.deviceConditions })
/// try await participation.grantConsent()  // when the owner said so
/// let result = try await participation.participate()  // in a background task
/// ```
///
/// The account, a ``PrivacyLedger/DeviceRecord``, is stored charged before the first message of a
/// round leaves the device. What the device contributed is never stored.
public actor Participation {
    let settings: Settings
    let identity: SigningKey
    let transport: any RoundTransport
    let contributors: [any RoundContributor]
    let conditions: @Sendable () async -> DeviceConditions
    let time: @Sendable () -> Int64
    private let store: any ParticipationStore
    private(set) var state: ParticipationState
    /// What the store has as far as is known; nil where it has nothing.
    private var stored: ParticipationState?
    /// The same as bytes.
    private var documents: ParticipationState.Documents
    /// What nothing in the store means.
    private let fresh: ParticipationState
    private var isBusy = false
    /// The round that is going on, to be cancelled.
    private var current: Task<ParticipationResult, any Error>?

    /// Goes on with the account in `store`, or begins one.
    ///
    /// - Parameters:
    ///   - opening: The coordinator's ledger, as the app was built with it or enrolled.
    ///   - identity: The device's enrolled key.
    ///   - settings: What the app decides.
    ///   - store: Where consent and account are kept. Of several participations that use it at once,
    ///     each sees what the others have written, and overwrites none of it.
    ///   - transport: The way to the coordinator.
    ///   - contributors: What answers queries; the first that can does.
    ///   - time: Seconds since 1970 (UTC).
    ///   - conditions: What the app knows of the device now; asked before every step. It
    ///     should answer at once: only afterwards is looked at the deadline.
    /// - Throws: ``ParticipationError``, ``PrivacyLedger/LedgerError`` or what the store throws.
    public init(
        opening: LedgerOpening, identity: SigningKey, settings: Settings,
        store: some ParticipationStore, transport: some RoundTransport,
        contributors: [any RoundContributor],
        time: @escaping @Sendable () -> Int64,
        conditions: @escaping @Sendable () async -> DeviceConditions
    ) throws {
        let record = try DeviceRecord(opening: opening, cap: settings.ceiling)
        let fresh = ParticipationState(record: record)
        var documents = try ParticipationState.Documents(in: store)
        let stored = try ParticipationState(from: documents)
        try stored?.checkLedger(of: fresh)
        // An erasure that a crash interrupted is finished.
        try stored?.save(to: store, after: stored, &documents)
        self.fresh = fresh
        self.documents = documents
        self.stored = stored
        state = stored ?? fresh
        self.settings = settings
        self.identity = identity
        self.transport = transport
        self.contributors = contributors
        self.conditions = conditions
        self.time = time
        self.store = store
    }

    // MARK: The owner's side

    /// The owner's consent.
    public var consent: Consent { state.choices.consent }

    /// The rounds that were offered, oldest first; the last 200 of them, and the
    /// last 20 that were declined.
    public var reports: [RoundReport] { state.account?.reports ?? [] }

    /// The epsilon that all rounds so far have come to, against the coordinator; nil where the
    /// account was erased.
    public var epsilon: Double? { get throws { try state.account?.record.epsilon } }

    /// The epsilon that no round may exceed.
    public var cap: Double {
        min(
            state.choices.cap ?? .infinity,
            state.account?.record.largestEpsilon ?? settings.ceiling.epsilon)
    }

    /// Signed checkpoints of the coordinator's ledger that contradict each other, as text; empty
    /// where none were seen. They prove to anybody that its owner has shown two histories. The
    /// device takes part in nothing more.
    public var evidence: [String] { state.account?.evidence ?? [] }

    /// The owner agrees to take part.
    public func grantConsent() throws {
        let granted = Consent.granted(at: time())
        try change { $0.choices.consent = try $0.choices.consent.changed(to: granted) }
    }

    /// The owner wants no round before `end`, in seconds since 1970 (UTC). A round that is going on
    /// is left, whether or not the store can be written.
    public func pause(until end: Int64) throws { try stop(.paused(until: end)) }

    /// What becomes of the account when consent is withdrawn.
    public enum AccountAfterWithdrawal: Sendable, Hashable {
        /// It is kept, for the owner to see and for a later consent to go on with.
        case kept
        /// It is erased with all reports and evidence, and consent cannot be granted again: a new
        /// account would begin at nothing, and so count less than was spent. Without another round,
        /// nothing can be spent that is not counted. What went into sums cannot be taken back.
        case erased
    }

    /// The owner declines, or agrees no longer. No round begins after this, and one that is going on
    /// is left, whether or not the store can be written.
    public func withdrawConsent(account: AccountAfterWithdrawal = .kept) throws {
        try stop(
            .withdrawn(at: time(), isFinal: account == .erased || state.account == nil))
    }

    private func stop(_ consentNow: @autoclosure () -> Consent) throws {
        // Where the store cannot even be read, what is known of it is changed.
        let reading = Result { try adopt() }
        state.choices.consent = try consent.changed(to: consentNow())
        if consent.isFinal { state.account = nil }
        current?.cancel()
        try reading.get()
        try save(state)
    }

    /// The owner's cap on epsilon over all rounds. One above the account's own has no effect.
    public func setCap(_ epsilon: Double) throws {
        guard epsilon >= 0, epsilon.isFinite else { throw ParticipationError.invalidCap(epsilon) }
        try change { $0.choices.cap = epsilon }
    }

    /// Changes what is stored, and only then what is gone by.
    func change(_ body: (inout ParticipationState) throws -> Void) throws {
        try adopt()
        var new = state
        try body(&new)
        try save(new)
    }

    /// Stores a state that follows from the present one, and goes by it.
    ///
    /// - Throws: ``ParticipationError/changedElsewhere`` where the store has another by now.
    func save(_ new: ParticipationState) throws {
        try new.save(to: store, after: stored, &documents)
        (state, stored) = (new, new)
    }

    /// Goes by what another participation has written to the store since. What the owner has said here
    /// and could not be stored still holds.
    func adopt() throws {
        let found = try ParticipationState.Documents(in: store)
        guard found != documents else { return }
        let pending = state.choices.consent
        let isPending = pending != (stored ?? fresh).choices.consent
        guard let changed = try ParticipationState(from: found) else {
            throw ParticipationError.accountMissing
        }
        try changed.checkLedger(of: fresh)
        (state, stored, documents) = (changed, changed, found)
        if isPending, let consent = try? state.choices.consent.changed(to: pending) {
            state.choices.consent = consent
            if consent.isFinal { state.account = nil }
        }
    }

    // MARK: Taking part

    /// Everything that speaks against a round now; nothing where the device may take part.
    public func hindrances() async throws -> [Hindrance] {
        let found = settings.eligibility.hindrances(under: await conditions())
        try adopt()
        return try ownersHindrances() + found
    }

    /// What the owner and the account say. Without a suspension, so that what it says holds for
    /// whatever is done at once.
    func ownersHindrances() throws -> [Hindrance] {
        var found: [Hindrance] = []
        if let hindrance = consent.hindrance(at: time()) { found.append(hindrance) }
        if !evidence.isEmpty { found.append(.ledgerConvicted) }
        if let spent = try epsilon, spent >= cap {
            found.append(.capReached(epsilon: spent, cap: cap))
        }
        return found
    }

    /// Takes part in one round, if the device may and the coordinator has one.
    ///
    /// Cancelling the task, withdrawn consent, conditions that change and deadlines end the round
    /// at its next step; the report says so.
    ///
    /// - Parameter progress: Called after each step.
    /// - Returns: What came of it.
    /// - Throws: What transport or store throw before the device has joined a round; nothing was
    ///   sent then. Afterwards, errors are in the report.
    @discardableResult
    public func participate(
        progress: @escaping @Sendable (DeviceStep) -> Void = { _ in }
    ) async throws -> ParticipationResult {
        if isBusy { return .notNow([.busy]) }
        isBusy = true
        defer { (isBusy, current) = (false, nil) }
        let hindrances = try await hindrances()
        guard hindrances.isEmpty else { return .notNow(hindrances) }
        let round = Task { try await takePart(progress) }
        current = round
        do {
            return try await withTaskCancellationHandler {
                try await round.value
            } onCancel: {
                round.cancel()
            }
        } catch  where round.isCancelled {
            // By the owner, before anything was agreed to; or by the caller.
            let found = try ownersHindrances()
            if found.isEmpty { throw error }
            return .notNow(found)
        }
    }
}
