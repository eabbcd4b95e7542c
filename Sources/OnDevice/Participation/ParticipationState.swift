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

        /// Adds the report of a round, or replaces what was said of it when it was joined. That the
        /// device would not join a second time says nothing of the first.
        mutating func report(_ report: RoundReport) {
            let report = report.cut
            let joined = reports.lastIndex {
                $0.result == .joined && $0.task == report.task && $0.round == report.round
            }
            if let joined, !report.isDeclined {
                reports[joined] = report
            } else {
                reports.append(report)
                forgetOldest(limitOfDeclined, where: \.isDeclined)
                forgetOldest(limitOfOthers) { !$0.isDeclined }
            }
        }

        private mutating func forgetOldest(
            _ limit: Int, where isCounted: (RoundReport) -> Bool
        ) {
            var surplus = reports.count(where: isCounted) - limit
            reports.removeAll { report in
                guard surplus > 0, isCounted(report) else { return false }
                surplus -= 1
                return true
            }
        }
    }

    static let choicesDocument = "participation choices"
    static let accountDocument = "participation account"
    /// The documents that a store keeps when everything else is deleted.
    static let documents = [choicesDocument, accountDocument]
    private static let currentVersion = 1
    /// The reports that are kept; the record itself forgets nothing. Those of rounds that were
    /// declined, which cost a coordinator nothing, do not drive out the others.
    private static let (limitOfOthers, limitOfDeclined) = (200, 20)

    /// Nothing chosen, nothing spent.
    init(record: DeviceRecord) { account = RoundAccount(record: record) }

    /// What a store has, as bytes.
    struct Documents: Sendable, Hashable {
        var choices: [UInt8]?
        var account: [UInt8]?

        init() {}

        init(in store: some ParticipationStore) throws {
            choices = try store.document(choicesDocument)
            account = try store.document(accountDocument)
        }
    }

    /// Reads what a store has; nil where it has nothing.
    init?(from documents: Documents) throws {
        let choices = try Self.read(
            OwnerChoices.self, Self.choicesDocument, documents.choices, version: \.version)
        // An erasure that a crash interrupted.
        let isErased = choices?.consent.isFinal ?? false
        account =
            isErased
            ? nil
            : try Self.read(
                RoundAccount.self, Self.accountDocument, documents.account, version: \.version)
        guard let choices else {
            guard account != nil else { return nil }
            return
        }
        self.choices = choices
        guard account != nil || isErased else { throw ParticipationError.accountMissing }
    }

    /// Checks that the account is with the ledger of another state.
    func checkLedger(of other: ParticipationState) throws(ParticipationError) {
        if let found = account?.record.ledger, let expected = other.account?.record.ledger,
            found != expected
        {
            throw .otherLedger(expected: expected, found: found)
        }
    }

    private static func read<Content: Decodable>(
        _ type: Content.Type, _ name: String, _ bytes: [UInt8]?, version: (Content) -> Int
    ) throws -> Content? {
        guard let bytes else { return nil }
        func unreadable(_ reason: String) -> ParticipationError {
            .unreadableDocument(name: name, reason: reason)
        }
        let content: Content
        guard !bytes.isEmpty else { throw unreadable("it was damaged, and deleted") }
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
    /// - Parameters:
    ///   - old: What the store has; nil where it has nothing.
    ///   - documents: The same as bytes; afterwards those that were written.
    /// - Throws: ``ParticipationError/changedElsewhere`` where it has anything else.
    func save(
        to store: some ParticipationStore, after old: ParticipationState?,
        _ documents: inout Documents
    ) throws {
        if let account, account != old?.account {
            try Self.replace(
                Self.accountDocument, &documents.account, by: try Self.encoded(account), in: store)
        }
        if choices != old?.choices {
            try Self.replace(
                Self.choicesDocument, &documents.choices, by: try Self.encoded(choices), in: store)
        }
        if account == nil, documents.account != nil {
            try store.setDocument(Self.accountDocument, nil)
            documents.account = nil
        }
    }

    private static func replace(
        _ name: String, _ former: inout [UInt8]?, by bytes: [UInt8],
        in store: some ParticipationStore
    ) throws {
        guard try store.replaceDocument(name, former, by: bytes) else {
            throw ParticipationError.changedElsewhere
        }
        former = bytes
    }

    private static func encoded(_ content: some Encodable) throws -> [UInt8] {
        [UInt8](try JSONEncoder().encode(content))
    }
}
