public import Sodium

/// The append-only record of what a population's data was used for and what that cost, in the hands
/// of its owner: entries in a file, a hash tree over them, and signed checkpoints.
///
/// Entries are on the disk when `record` returns, unless the ledger was opened without waiting for it, as
/// simulations do, in which nobody's privacy depends on a power failure. The file is locked as long as the value lives, and
/// of several copies of it only one can go on. ``sign()`` states what the ledger
/// holds; hand that to devices, witnesses and auditors. ``LedgerVerification`` is the other side.
public struct PrivacyLedger: Sendable {
    private var log: LedgerLog
    private let file: LedgerFile

    /// Starts a ledger; there must be no file at `path`.
    ///
    /// - Parameters:
    ///   - opening: Its first entry; ``LedgerOpening/publicKey`` is that of `key`.
    ///   - key: Signs the checkpoints.
    ///   - time: Of the first entry, in milliseconds since 1970.
    ///   - waitingForDisk: Whether entries are on the disk when they have been recorded.
    public init(
        creating path: String, opening: LedgerOpening, key: SigningKey, time: Int64,
        waitingForDisk: Bool = true
    ) throws(LedgerError) {
        guard opening.publicKey == key.publicKey else { throw .otherKey(path: path) }
        log = LedgerLog(name: path, key: key)
        let addition = try log.appending([.opening(opening)], time: time)
        file = try LedgerFile(
            creating: path, content: addition.bytes, waitingForDisk: waitingForDisk)
        log.take(addition)
    }

    /// Opens a ledger to go on with it. What a crash left of an unfinished write is moved to a file
    /// beside it, named after it with ".torn"; everything that was acknowledged stays.
    ///
    /// - Throws: ``LedgerError`` where somebody else has it open, where it is not what `key` signed,
    ///   or is damaged otherwise.
    public init(
        opening path: String, key: SigningKey, waitingForDisk: Bool = true
    ) throws(LedgerError) {
        file = try LedgerFile(opening: path, waitingForDisk: waitingForDisk)
        let scan = try LedgerScan(path: path)
        if let stop = scan.stop, !stop.isTorn { throw LedgerLog.damaged(path, scan, stop) }
        log = try LedgerLog(scan, name: path, key: key)
        if scan.stop != nil { try file.cutTail(at: scan.end) }
    }

    /// Where the ledger is kept.
    public var path: String { log.name }

    /// The entries, oldest first.
    public var entries: [LedgerEntry] { log.entries }

    /// The last checkpoint; nil before the first.
    public var checkpoint: Checkpoint? { log.checkpoint }

    /// What holds for the whole ledger.
    public var opening: LedgerOpening? { log.opening }

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
        try add(try log.appending(contents, time: time))
    }

    /// Signs what the ledger holds; nothing is added where the last checkpoint says it already.
    @discardableResult
    public mutating func sign() throws(LedgerError) -> Checkpoint {
        try add(try log.appending([], time: 0, signing: true))
        guard let checkpoint = log.checkpoint else { throw .unwritable(path: path) }
        return checkpoint
    }

    /// Appends records and waits until they are on the disk.
    private mutating func add(_ addition: LedgerAddition) throws(LedgerError) {
        if addition.bytes.isEmpty { return }
        try file.write(addition.bytes, at: addition.offset)
        log.take(addition)
    }

    /// The proof that entry `index` is in the ledger as ``checkpoint`` states it.
    public func inclusion(of index: Int) throws(LedgerError) -> LedgerInclusion? {
        try log.inclusion(of: index)
    }

    /// The proof that ``checkpoint`` continues the ledger as it was with `size` entries.
    public func consistency(from size: Int) -> [[UInt8]]? { log.consistency(from: size) }
}
