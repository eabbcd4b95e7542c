internal import FederatedProtocol
internal import Foundation
internal import PrivacyLedger

/// All that outlives the process, in one document, so that no part of it can be older than another.
struct ParticipationState: Codable, Sendable {
    static let documentName = "participation"
    private static let currentVersion = 1
    /// The reports that are kept; the record itself forgets nothing.
    private static let reportLimit = 200

    private var version = Self.currentVersion
    var consent = Consent.notAsked
    /// Nil once it was erased.
    var record: DeviceRecord?
    /// The owner's cap; nil where there is none but the record's.
    var cap: Double?
    /// Oldest first.
    var reports: [RoundReport] = []
    /// Signed checkpoints that contradict each other, as text.
    var evidence: [String] = []

    init(record: DeviceRecord) { self.record = record }

    /// Reads a document; nil where the store has none.
    init?(from store: some ParticipationStore) throws {
        guard let bytes = try store.document(Self.documentName) else { return nil }
        func unreadable(_ reason: String) -> ParticipationError {
            .unreadableDocument(name: Self.documentName, reason: reason)
        }
        do { self = try JSONDecoder().decode(Self.self, from: Data(bytes)) } catch {
            throw unreadable("it is damaged or of another version")
        }
        guard version == Self.currentVersion else { throw unreadable("its version is \(version)") }
    }

    /// Makes this the document of the store.
    func save(to store: some ParticipationStore) throws {
        try store.setDocument(Self.documentName, [UInt8](try JSONEncoder().encode(self)))
    }

    /// Adds the report of a round, or replaces what was said of it when it was joined.
    mutating func report(_ report: RoundReport) {
        if let last = reports.indices.last, reports[last].result == .joined,
            reports[last].task == report.task, reports[last].round == report.round
        {
            reports[last] = report
        } else {
            reports = (reports + [report]).suffix(Self.reportLimit)
        }
    }
}
