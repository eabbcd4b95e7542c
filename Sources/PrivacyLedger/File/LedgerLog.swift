public import Sodium

/// A ledger in memory: its entries, the hash tree over them, and the bytes by which it grows. Whoever
/// holds one makes an addition durable, in a file (``PrivacyLedger``) or in a database, before taking
/// it in and before anybody is told:
///
///     let addition = try log.appending([.plan(plan)], time: now, signing: true)
///     try await database.append(addition.bytes, at: addition.offset)
///     log.take(addition)
public struct LedgerLog: Sendable {
    /// What messages call the ledger, such as the path of its file.
    public let name: String
    /// The entries, oldest first.
    public private(set) var entries: [LedgerEntry] = []
    /// The last checkpoint; nil before the first.
    public private(set) var checkpoint: Checkpoint?
    /// The length of the ledger as a file, in bytes.
    public private(set) var byteCount = 0
    private let key: SigningKey
    private var tree = MerkleTree(.sha256)
    private var checksum = LedgerRecord.first
    private var steps: [RoundStep: Int] = [:]

    /// A ledger without any entry; the first is the opening.
    public init(name: String, key: SigningKey) {
        self.name = name
        self.key = key
    }

    /// Goes on with a ledger.
    ///
    /// - Parameters:
    ///   - bytes: Its content as a file.
    ///   - name: What messages call it.
    ///   - key: The key that signed it.
    /// - Throws: ``LedgerError`` where it is not what `key` signed, or is damaged.
    public init(bytes: [UInt8], name: String, key: SigningKey) throws(LedgerError) {
        let scan = try LedgerScan(bytes: bytes)
        if let stop = scan.stop { throw Self.damaged(name, scan, stop) }
        try self.init(scan, name: name, key: key)
    }

    static func damaged(_ name: String, _ scan: LedgerScan, _ stop: LedgerScan.Stop) -> LedgerError
    {
        .damaged(
            path: name, entry: scan.records.count { $0.kind == .entry }, offset: scan.end,
            reason: stop.reason)
    }

    /// Goes on with the whole records of a scan.
    init(_ scan: LedgerScan, name: String, key: SigningKey) throws(LedgerError) {
        self.init(name: name, key: key)
        let verification = LedgerVerification(scan, .init())
        guard verification.key?.key == key.publicKey else { throw .otherKey(path: name) }
        // Whoever goes on with entries that were never signed signs two histories.
        if let finding = verification.findings.first(where: \.isForeign) {
            throw .damaged(
                path: name, entry: finding.entry ?? 0, offset: finding.offset ?? 0,
                reason: finding.message)
        }
        for record in scan.records where record.kind == .entry {
            take(verification.entries[entries.count], bytes: record.payload)
        }
        checkpoint = verification.checkpoint
        (byteCount, checksum) = (scan.end, scan.checksum)
    }

    /// What holds for the whole ledger.
    public var opening: LedgerOpening? {
        if case .opening(let opening) = entries.first?.content { opening } else { nil }
    }

    /// The position of an entry with this content's place: of its step of a round, of its task; nil
    /// if there is none.
    public func position(of content: LedgerEntry.Content) -> Int? {
        switch content {
        case .opening: return entries.isEmpty ? nil : 0
        case .task(let task):
            return entries.firstIndex {
                if case .task(let other) = $0.content { other.name == task.name } else { false }
            }
        case .plan, .charge, .outcome:
            return LedgerEntry(time: 0, content: content).step.flatMap { steps[$0] }
        case .statement: return entries.firstIndex { $0.content == content }
        }
    }

    /// What makes sure that entries are in the ledger: their records, where they are not there yet.
    /// A clock that went back is held at the time of the last entry.
    ///
    /// - Parameters:
    ///   - contents: The entries, in order.
    ///   - time: Milliseconds since 1970.
    ///   - signing: Whether a checkpoint over everything follows, where the last does not say it
    ///     already.
    /// - Throws: ``LedgerError/contradiction(path:entry:reason:)`` where something else is recorded
    ///   in an entry's place, ``LedgerError/unencodable``.
    public func appending(
        _ contents: [LedgerEntry.Content], time: Int64, signing: Bool = false
    ) throws(LedgerError) -> LedgerAddition {
        var addition = LedgerAddition(offset: byteCount, checksum: checksum)
        for content in contents {
            if let place = position(of: content) {
                guard entries[place].content == content else {
                    throw .contradiction(
                        path: name, entry: place,
                        reason: "what is to be recorded does not agree with the ledger")
                }
                continue
            }
            if addition.entries.contains(where: { $0.entry.content == content }) { continue }
            let last = addition.entries.last?.entry.time ?? entries.last?.time ?? time
            let entry = LedgerEntry(time: max(time, last), content: content)
            addition.append(entry, bytes: try entry.readable)
        }
        let size = entries.count + addition.entries.count
        guard signing, checkpoint?.size != size else { return addition }
        var tree = tree
        for (_, bytes) in addition.entries { tree.append(bytes) }
        var origin = opening?.origin
        if case .opening(let opening) = addition.entries.first?.entry.content {
            origin = opening.origin
        }
        addition.append(
            try Checkpoint(
                origin: origin ?? "", size: size, root: tree.root,
                fileChecksum: addition.checksum, key: key))
        return addition
    }

    /// Takes in an addition that is durable.
    public mutating func take(_ addition: LedgerAddition) {
        precondition(addition.offset == byteCount, "the addition is of another state")
        for (entry, bytes) in addition.entries { take(entry, bytes: bytes) }
        checkpoint = addition.checkpoint ?? checkpoint
        byteCount += addition.bytes.count
        checksum = addition.checksum
    }

    private mutating func take(_ entry: LedgerEntry, bytes: [UInt8]) {
        if let step = entry.step { steps[step] = entries.count }
        entries.append(entry)
        tree.append(bytes)
    }

    /// The proof that entry `index` is in the ledger as ``checkpoint`` states it.
    public func inclusion(of index: Int) throws(LedgerError) -> LedgerInclusion? {
        guard let checkpoint, (0..<checkpoint.size).contains(index) else { return nil }
        return LedgerInclusion(
            entry: try entries[index].encoded, index: index,
            path: tree.path(to: index, of: checkpoint.size))
    }

    /// The proof that the ledger with `end` entries, as many as ``checkpoint`` states where there is
    /// no number, continues the one with `size`; nil where it never had so many.
    public func consistency(from size: Int, to end: Int? = nil) -> [[UInt8]]? {
        guard let checkpoint else { return nil }
        let end = end ?? checkpoint.size
        guard (1...max(1, checkpoint.size)).contains(end), (1...end).contains(size) else {
            return nil
        }
        return tree.consistencyProof(from: size, to: end)
    }

    /// What the last charge says was spent; nil before the first.
    public var spent: Spent? { entries.lastSpent }
}

/// Entries and a checkpoint on their way into a ledger.
public struct LedgerAddition: Sendable {
    /// Where they are to stand, in bytes from the beginning of the file.
    public let offset: Int
    /// How they are to stand there; empty where there is nothing to add.
    public private(set) var bytes: [UInt8]
    fileprivate var entries: [(entry: LedgerEntry, bytes: [UInt8])] = []
    fileprivate var checkpoint: Checkpoint?
    /// The check of everything up to the end.
    fileprivate var checksum: [UInt8]

    fileprivate init(offset: Int, checksum: [UInt8]) {
        self.offset = offset
        self.checksum = checksum
        bytes = offset == 0 ? LedgerRecord.header : []
    }

    fileprivate mutating func append(_ entry: LedgerEntry, bytes: [UInt8]) {
        append(.entry, bytes)
        entries.append((entry, bytes))
    }

    fileprivate mutating func append(_ checkpoint: Checkpoint) {
        append(.checkpoint, Array(checkpoint.note.string.utf8))
        self.checkpoint = checkpoint
    }

    private mutating func append(_ kind: LedgerRecord.Kind, _ payload: [UInt8]) {
        let record = LedgerRecord(kind, payload, at: offset + bytes.count, after: checksum)
        bytes += record.bytes(after: checksum)
        checksum = record.checksum
    }
}
