public import Foundation
internal import Sodium
internal import Synchronization

/// The person's behaviour on the device: events, lists that were shown, answers of the profile and
/// documents of other parts of the app, all encrypted at rest.
///
/// ```swift
/// let keys = MasterKeyFile(path: folder + "/behaviour.key")
/// let store = try BehaviourStore(path: folder + "/behaviour.db", keys: keys)
/// try store.append([BehaviourEvent(item: "tt0133093", kind: .play, time: 1_790_000_000)])
/// try store.delete(item: "tt0133093")
/// ```
///
/// What is appended is on the disk when the call returns. What is deleted is gone from the files, and
/// the keys that could open a forgotten copy of it are destroyed: a deletion replaces the master key,
/// so that a backup of the database from before it opens with no key that still exists. Where the
/// backup holds the key too, only its owner can delete it.
///
/// One process has a store open at a time; others are refused with ``BehaviourStoreError/inUse(path:)``
/// after a second. Calls block on the disk and come one after the other; a crash in any of them
/// leaves the state before or after it.
///
/// Events, impressions, answers and documents are sealed with XChaCha20-Poly1305. In clear stand, for
/// each of the four tables, the number of records, the order in which they came, the gaps in their
/// numbers where others were deleted, their padded lengths and the epochs that they share.
///
/// Encryption does not protect from whoever has both the file and the key. Nor does it from somebody
/// who can write the file: without any key, single records or the whole database can be left out or
/// put back to a state that they had since the last deletion, an earlier account among them. Nothing
/// shows that; ``checkIntegrity()`` finds no fault. Nothing from before the last deletion opens.
public final class BehaviourStore: Sendable {
    private let store: Mutex<SealedStore>
    private let retention: Retention
    private let now: @Sendable () -> Int64

    /// Opens the store at `path`, or makes one, with its key, where there is none.
    ///
    /// - Parameters:
    ///   - path: The file of the database; its log stands beside it under the same name with "-wal".
    ///   - keys: Where the master key is kept.
    ///   - retention: What is kept how long, looked at once a day and when the count is reached.
    ///   - now: The time in seconds since 1970, UTC.
    /// - Throws: ``BehaviourStoreError``, or what `keys` throws. The file is then as it was.
    public init(
        path: String, keys: some MasterKeyProvider, retention: Retention = .default,
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) throws {
        store = Mutex(try SealedStore(path: path, keys: keys))
        self.retention = retention
        self.now = now
    }

    /// Appends an event.
    public func append(_ event: BehaviourEvent) throws { try append([event]) }

    /// Appends events, all or none. Where they and those in the store are more than the retention's
    /// count, the latest of all are kept.
    ///
    /// - Throws: ``BehaviourStoreError/invalid(reason:)`` where one is out of range.
    public func append(_ events: [BehaviourEvent]) throws {
        for event in events { try event.validate() }
        try append(events, to: .event, time: \.time, payload: \.payload)
    }

    /// Appends a list that was shown.
    ///
    /// - Throws: ``BehaviourStoreError/invalid(reason:)`` where it is out of range.
    public func append(_ impression: Impression) throws {
        try impression.validate()
        try append([impression], to: .impression, time: \.time, payload: \.payload)
    }

    /// Runs `body` on the store, once it is known which key is the database's.
    private func withStore<Result>(
        _ body: (inout SealedStore) throws -> sending Result
    ) throws -> sending Result {
        try store.withLock { store in
            if !store.isMasterKnown { try store.findMasterKey() }
            return try body(&store)
        }
    }

    private func append<Content>(
        _ contents: [Content], to table: SealedTable, time: KeyPath<Content, Int64>,
        payload: KeyPath<Content, [UInt8]>
    ) throws {
        try withStore { store in
            try store.append(
                contents.map { ($0[keyPath: time], $0[keyPath: payload]) }, to: table,
                retention: retention, now: now())
        }
    }

    /// All events, the oldest first.
    ///
    /// - Throws: ``BehaviourStoreError/damagedRecord(path:table:row:)`` where one does not open.
    public var events: [BehaviourEvent] {
        get throws { try withStore { try $0.events().map(\.content).sorted(by: \.time) } }
    }

    /// All lists that were shown, the oldest first.
    ///
    /// - Throws: ``BehaviourStoreError/damagedRecord(path:table:row:)`` where one does not open.
    public var impressions: [Impression] {
        get throws { try withStore { try $0.impressions().map(\.content).sorted(by: \.time) } }
    }

    /// Deletes all events with an item, and all lists that showed it: a list with a gap is not what
    /// was shown. The events with the other items of such a list stay. The item is also taken out of
    /// ``PersonalHistory/pickedItems``.
    public func delete(item: String) throws {
        try withStore {
            try $0.erase(
                event: { $0.item == item }, impression: { $0.items.contains(item) }, picked: item)
        }
    }

    /// Deletes all events and shown lists of a period.
    ///
    /// - Parameters:
    ///   - start: Its first second since 1970.
    ///   - end: The second after its last.
    public func delete(from start: Int64, to end: Int64) throws {
        func isDeleted(_ time: Int64) -> Bool { start <= time && time < end }
        try withStore {
            try $0.erase(event: { isDeleted($0.time) }, impression: { isDeleted($0.time) })
        }
    }

    /// Deletes everything, answers and documents too, but for what the device has spent of its
    /// privacy and what its owner chose about that: forgetting it would let it be spent again. It
    /// tells of rounds, not of behaviour; ``Participation/withdrawConsent(account:)`` erases the
    /// account, and participation with it.
    ///
    /// Damaged records go as well. Where one of them may have been the account, none can be begun.
    public func deleteEverything() throws {
        try withStore { try $0.eraseEverything() }
    }

    /// Erases what is older than the retention's age or beyond its count.
    ///
    /// - Parameter time: The time from which ages count, in seconds since 1970.
    public func applyRetention(now time: Int64) throws {
        try withStore { try $0.apply(retention, now: time) }
    }

    /// The answers that the person gave to a question, or nothing where it is open.
    public func answer(_ question: String) throws -> [String]? {
        try withStore { try $0.named(question, in: .answer)?.content.answers() }
    }

    /// Answers a question anew; the former answer is erased. Nothing takes the answer back.
    public func setAnswer(_ answer: [String]?, to question: String) throws {
        let record = answer.map { NamedRecord(name: question, answers: $0) }
        try record?.validate()
        try withStore { try $0.replaceErasing(question, in: .answer, by: record) }
    }

    /// The content of a document, or nothing where there is none of the name.
    ///
    /// Documents are what other parts of the app must keep, such as a record of participation; a few
    /// of them, since finding one opens all.
    public func document(_ name: String) throws -> [UInt8]? {
        try withStore { try $0.named(name, in: .document)?.content.content }
    }

    /// Writes a document, durable when it returns. A former version is overwritten in the file, while
    /// the key stays; nothing in place of bytes erases the document with all its versions.
    public func setDocument(_ name: String, _ bytes: [UInt8]?) throws {
        let record = bytes.map { NamedRecord(name: name, content: $0) }
        try record?.validate()
        try withStore { store in
            guard let record else {
                return try store.replaceErasing(name, in: .document, by: nil)
            }
            try store.replace(name, in: .document, by: record)
        }
    }

    /// Writes a document as ``setDocument(_:_:)`` does, if it is still `former`, which is nil where
    /// there was none.
    ///
    /// - Returns: Whether it was written.
    public func replaceDocument(
        _ name: String, _ former: [UInt8]?, by bytes: [UInt8]
    ) throws -> Bool {
        let record = NamedRecord(name: name, content: bytes)
        try record.validate()
        return try withStore { store in
            guard try store.named(name, in: .document)?.content.content == former else {
                return false
            }
            try store.replace(name, in: .document, by: record)
            return true
        }
    }

    /// Everything that the store holds, as JSON; ``StoreExport`` tells its keys.
    public func export() throws -> Data {
        let export = try withStore { try $0.export() }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(export)
    }

    /// Reads everything and reports what is damaged. Changes nothing.
    ///
    /// - Throws: ``BehaviourStoreError/damaged(path:reason:)`` where the file is damaged so badly that
    ///   its tables cannot be read.
    public func checkIntegrity() throws -> IntegrityReport {
        try withStore { try $0.checkIntegrity() }
    }

    /// Erases the records that ``checkIntegrity()`` reports as damaged, so that the others can be
    /// used again, and returns them.
    public func deleteDamagedRecords() throws -> [IntegrityReport.DamagedRecord] {
        try withStore { try $0.eraseDamagedRecords() }
    }
}
