internal import FederatedProtocol
internal import Foundation
internal import PrivacyLedger

/// What outlives the process, in two documents: what the owner chose, and the account.
struct ParticipationState: Sendable, Hashable {
    var choices = OwnerChoices()
    /// Nil once it was erased.
    var account: RoundAccount?

    /// The owner's choices.
    struct OwnerChoices: Sendable, Hashable, Codable {
        var version = currentVersion
        var consent = Consent.notAsked
        /// Nil where there is no cap but the account's.
        var cap: Double?
    }

    /// What the device was part of.
    struct RoundAccount: Sendable, Hashable, Codable {
        var version = currentVersion
        var record: DeviceRecord
        /// Oldest first.
        var reports: [RoundReport] = []
        /// Signed checkpoints that contradict each other, as text.
        var evidence: [String] = []

        init(record: DeviceRecord) { self.record = record }

        /// Adds the report of a round, or replaces what was said of it when it was joined.
        mutating func report(_ report: RoundReport) {
            if let last = reports.indices.last, reports[last].result == .joined,
                reports[last].task == report.task, reports[last].round == report.round
            {
                reports[last] = report
            } else {
                reports = (reports + [report]).suffix(reportLimit)
            }
        }
    }

    static let choicesDocument = "participation choices"
    static let accountDocument = "participation account"
    private static let currentVersion = 1
    /// The reports that are kept; the record itself forgets nothing.
    private static let reportLimit = 200

    /// Nothing chosen, nothing spent.
    init(record: DeviceRecord) { account = RoundAccount(record: record) }

    /// Reads what a store has; nil where it has nothing. An erasure that was begun is finished.
    init?(from store: some ParticipationStore) throws {
        let choices = try Self.read(
            OwnerChoices.self, Self.choicesDocument, of: store, version: \.version)
        if case .withdrawn(_, isFinal: true)? = choices?.consent {
            try store.setDocument(Self.accountDocument, nil)
        }
        account = try Self.read(
            RoundAccount.self, Self.accountDocument, of: store, version: \.version)
        guard let choices else {
            guard account != nil else { return nil }
            return
        }
        self.choices = choices
        guard account != nil || isErased else { throw ParticipationError.accountMissing }
    }

    private var isErased: Bool {
        if case .withdrawn(_, isFinal: true) = choices.consent { true } else { false }
    }

    private static func read<Content: Decodable>(
        _ type: Content.Type, _ name: String, of store: some ParticipationStore,
        version: (Content) -> Int
    ) throws -> Content? {
        guard let bytes = try store.document(name) else { return nil }
        func unreadable(_ reason: String) -> ParticipationError {
            .unreadableDocument(name: name, reason: reason)
        }
        let content: Content
        do { content = try JSONDecoder().decode(type, from: Data(bytes)) } catch {
            throw unreadable("it is damaged or of another version")
        }
        guard version(content) == currentVersion else {
            throw unreadable("its version is \(version(content))")
        }
        return content
    }

    /// Writes what has changed. An account is there before a choice lets it be used, and is erased
    /// after the choice that ends it: a crash between the two leaves nothing uncounted.
    ///
    /// - Parameter old: What the store has; nil where it has nothing.
    func save(to store: some ParticipationStore, after old: ParticipationState?) throws {
        if let account, account != old?.account {
            try store.setDocument(Self.accountDocument, try Self.encoded(account))
        }
        if choices != old?.choices {
            try store.setDocument(Self.choicesDocument, try Self.encoded(choices))
        }
        if account == nil { try store.setDocument(Self.accountDocument, nil) }
    }

    private static func encoded(_ content: some Encodable) throws -> [UInt8] {
        [UInt8](try JSONEncoder().encode(content))
    }
}
