internal import Foundation
public import Sodium

/// The append-only record of what a population's data was used for and what that cost, in the hands
/// of its owner: entries in a file, a hash tree over them, and signed checkpoints.
///
/// Entries are on the disk when `record` returns. ``sign()`` states what the ledger
/// holds; hand that to devices, witnesses and auditors. ``LedgerVerification`` is the other side.
public struct PrivacyLedger: Sendable {
    /// Where the ledger is kept.
    public let path: String
    /// The entries, oldest first.
    public private(set) var entries: [LedgerEntry] = []
    /// The last checkpoint; nil before the first.
    public private(set) var checkpoint: Checkpoint?
    private let key: SigningKey
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
        guard !FileManager.default.fileExists(atPath: path) else { throw .exists(path: path) }
        guard opening.publicKey == key.publicKey else { throw .otherKey(path: path) }
        _ = try VerificationKey(name: opening.origin, key: key.publicKey)
        self.path = path
        self.key = key
        let folder = URL(filePath: path).deletingLastPathComponent()
        do {
            try Data(LedgerRecord.header).write(to: URL(filePath: path))
            // The name of a new file is on the disk once its folder is.
            try FileHandle(forReadingFrom: folder).synchronize()
        } catch { throw .unwritable(path: path) }
        try record(.opening(opening), time: time)
    }

    /// Opens a ledger to go on with it. What a crash left of an unfinished write is moved to a file
    /// beside it, named after it with ".torn"; everything that was acknowledged stays.
    ///
    /// - Throws: ``LedgerError`` where the file is damaged otherwise, or belongs to another key.
    public init(opening path: String, key: SigningKey) throws(LedgerError) {
        self.path = path
        self.key = key
        let scan = try LedgerScan(path: path)
        for record in scan.records {
            switch record.kind {
            case .entry:
                do { take(try LedgerEntry(decoding: record.payload), bytes: record.payload) } catch
                {
                    throw .damaged(
                        path: path, entry: entries.count, offset: record.offset,
                        reason: error.reason)
                }
            case .checkpoint:
                checkpoint = try Checkpoint(String(decoding: record.payload, as: UTF8.self))
            }
        }
        (end, checksum) = (scan.end, scan.checksum)
        if let stop = scan.stop {
            guard stop.isTorn else {
                throw .damaged(
                    path: path, entry: entries.count, offset: scan.end, reason: stop.reason)
            }
            try cutTail()
        }
        guard case .opening(let opening) = entries.first?.content else {
            throw .notALedger(path: path, reason: "it has no opening entry")
        }
        guard opening.publicKey == key.publicKey else { throw .otherKey(path: path) }
    }

    private func cutTail() throws(LedgerError) {
        do {
            let file = try FileHandle(forUpdating: URL(filePath: path))
            defer { try? file.close() }
            try file.seek(toOffset: UInt64(end))
            let tail = try file.read(upToCount: LedgerRecord.largestPayload + 64) ?? Data()
            try tail.write(to: URL(filePath: path + ".torn"))
            try file.truncate(atOffset: UInt64(end))
            try file.synchronize()
        } catch { throw .unwritable(path: path) }
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
            let entry = LedgerEntry(time: max(time, entries.last?.time ?? time), content: content)
            new.append((entry, try entry.encoded))
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
        do {
            let file = try FileHandle(forUpdating: URL(filePath: path))
            defer { try? file.close() }
            // Not at the end of the file, in case an earlier write failed half-way.
            try file.truncate(atOffset: UInt64(self.end))
            try file.seek(toOffset: UInt64(self.end))
            try file.write(contentsOf: Data(bytes))
            try file.synchronize()
        } catch { throw .unwritable(path: path) }
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
