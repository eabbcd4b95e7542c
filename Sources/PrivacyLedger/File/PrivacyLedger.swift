public import Sodium

/// The append-only record of what a population's data was used for and what that cost, in the hands
/// of its owner: entries in a file, a hash tree over them, and signed checkpoints.
///
/// Entries are on the disk when `record` returns. The file is locked as long as the value lives, and
/// of several copies of it only one can go on. ``sign()`` states what the ledger
/// holds; hand that to devices, witnesses and auditors. ``LedgerVerification`` is the other side.
public struct PrivacyLedger: Sendable {
    /// Where the ledger is kept.
    public let path: String
    /// The entries, oldest first.
    public private(set) var entries: [LedgerEntry] = []
    /// The last checkpoint; nil before the first.
    public private(set) var checkpoint: Checkpoint?
    private let key: SigningKey
    private let file: LedgerFile
    private var tree = MerkleTree(.sha256)
    private var checksum = LedgerRecord.first
    private var end = LedgerRecord.header.count
    private var steps: [RoundStep: Int] = [:]

    /// Starts a ledger; there must be no file at `path`.
    ///
    /// - Parameters:
    ///   - opening: Its first entry; ``LedgerOpening/publicKey`` is that of `key`.
    ///   - key: Signs the checkpoints.
    ///   - time: Of the first entry, in milliseconds since 1970.
    public init(
        creating path: String, opening: LedgerOpening, key: SigningKey, time: Int64
    ) throws(LedgerError) {
        guard opening.publicKey == key.publicKey else { throw .otherKey(path: path) }
        self.path = path
        self.key = key
        let entry = LedgerEntry(time: time, content: .opening(opening))
        let bytes = try entry.readable
        let record = LedgerRecord(.entry, bytes, at: end, after: checksum)
        file = try LedgerFile(
            creating: path, content: LedgerRecord.header + record.bytes(after: checksum))
        (end, checksum) = (record.end, record.checksum)
        take(entry, bytes: bytes)
    }

    /// Opens a ledger to go on with it. What a crash left of an unfinished write is moved to a file
    /// beside it, named after it with ".torn"; everything that was acknowledged stays.
    ///
    /// - Throws: ``LedgerError`` where somebody else has it open, where it is not what `key` signed,
    ///   or is damaged otherwise.
    public init(opening path: String, key: SigningKey) throws(LedgerError) {
        self.path = path
        self.key = key
        file = try LedgerFile(opening: path)
        let scan = try LedgerScan(path: path)
        if let stop = scan.stop, !stop.isTorn {
            throw .damaged(
                path: path, entry: scan.records.count { $0.kind == .entry }, offset: scan.end,
                reason: stop.reason)
        }
        let verification = LedgerVerification(scan, .init())
        guard verification.key?.key == key.publicKey else { throw .otherKey(path: path) }
        // Whoever goes on with entries that were never signed signs two histories.
        if let finding = verification.findings.first(where: \.isForeign) {
            throw .damaged(
                path: path, entry: finding.entry ?? 0, offset: finding.offset ?? 0,
                reason: finding.message)
        }
        for record in scan.records where record.kind == .entry {
            take(verification.entries[entries.count], bytes: record.payload)
        }
        checkpoint = verification.checkpoint
        (end, checksum) = (scan.end, scan.checksum)
        if scan.stop != nil { try file.cutTail(at: end) }
    }

    /// What holds for the whole ledger.
    public var opening: LedgerOpening? {
        if case .opening(let opening) = entries.first?.content { opening } else { nil }
    }

    /// The entry of a step of a round; nil if there is none.
    private func recorded(_ content: LedgerEntry.Content) -> Int? {
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

    /// Makes sure that entries are on the disk: appends them, or, where a run that was stopped
    /// repeats what it had recorded already, checks that it is the same. A clock that went back is
    /// held at the time of the last entry.
    ///
    /// - Throws: ``LedgerError/contradiction(path:entry:reason:)`` where something else is recorded
    ///   in an entry's place.
    public mutating func record(
        _ contents: LedgerEntry.Content..., time: Int64
    ) throws(LedgerError) {
        try record(contents, time: time)
    }

    /// Makes sure that entries are on the disk, like ``record(_:time:)-(LedgerEntry.Content...,_)``.
    public mutating func record(
        _ contents: [LedgerEntry.Content], time: Int64
    ) throws(LedgerError) {
        var new: [(entry: LedgerEntry, bytes: [UInt8])] = []
        for content in contents {
            if let place = recorded(content) {
                guard entries[place].content == content else {
                    throw .contradiction(
                        path: path, entry: place,
                        reason: "what is to be recorded does not agree with the ledger")
                }
                continue
            }
            if new.contains(where: { $0.entry.content == content }) { continue }
            let entry = LedgerEntry(time: max(time, entries.last?.time ?? time), content: content)
            new.append((entry, try entry.readable))
        }
        if new.isEmpty { return }
        try write(new.map { (.entry, $0.bytes) })
        for (entry, bytes) in new { take(entry, bytes: bytes) }
    }

    private mutating func take(_ entry: LedgerEntry, bytes: [UInt8]) {
        if let step = entry.step { steps[step] = entries.count }
        entries.append(entry)
        tree.append(bytes)
    }

    /// Signs what the ledger holds; nothing is added where the last checkpoint says it already.
    @discardableResult
    public mutating func sign() throws(LedgerError) -> Checkpoint {
        if let checkpoint, checkpoint.size == entries.count { return checkpoint }
        let new = try Checkpoint(
            origin: opening?.origin ?? "", size: entries.count, root: tree.root,
            fileChecksum: checksum, key: key)
        try write([(.checkpoint, Array(new.note.string.utf8))])
        checkpoint = new
        return new
    }

    /// Appends records and waits until they are on the disk.
    private mutating func write(
        _ payloads: [(kind: LedgerRecord.Kind, bytes: [UInt8])]
    ) throws(LedgerError) {
        var bytes: [UInt8] = []
        var (end, checksum) = (end, checksum)
        for payload in payloads {
            let record = LedgerRecord(payload.kind, payload.bytes, at: end, after: checksum)
            bytes += record.bytes(after: checksum)
            (end, checksum) = (record.end, record.checksum)
        }
        try file.write(bytes, at: self.end)
        (self.end, self.checksum) = (end, checksum)
    }

    /// The proof that entry `index` is in the ledger as ``checkpoint`` states it.
    public func inclusion(of index: Int) throws(LedgerError) -> LedgerInclusion? {
        guard let checkpoint, (0..<checkpoint.size).contains(index) else { return nil }
        return LedgerInclusion(
            entry: try entries[index].encoded, index: index,
            path: tree.path(to: index, of: checkpoint.size))
    }

    /// The proof that ``checkpoint`` continues the ledger as it was with `size` entries.
    public func consistency(from size: Int) -> [[UInt8]]? {
        guard let checkpoint, (1...max(1, checkpoint.size)).contains(size) else { return nil }
        return tree.consistencyProof(from: size, to: checkpoint.size)
    }
}
