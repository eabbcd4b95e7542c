internal import Dispatch
internal import Foundation
internal import Sodium
internal import Synchronization

/// Checks a ledger from the outside: with the file, the owner's public key, and checkpoints that
/// others kept.
///
/// What holds afterwards: the entries are those that the key signed; every round was charged before
/// it was revealed, with at least the noise that its cost takes; the recorded epsilons are what the
/// recorded rounds come to, and within the budgets. What no ledger can show: that the devices ran
/// the code that they should have.
public struct LedgerVerification: Sendable {
    /// What is known from elsewhere.
    public struct Evidence: Sendable {
        /// The owner's key; nil to take the ledger's word for it.
        public var key: VerificationKey?
        /// Checkpoints that someone kept.
        public var checkpoints: [Checkpoint]
        /// Witnesses, each of which must have countersigned a checkpoint: of the evidence, or the
        /// last.
        public var witnesses: [VerificationKey]

        /// Collects evidence.
        public init(
            key: VerificationKey? = nil, checkpoints: [Checkpoint] = [],
            witnesses: [VerificationKey] = []
        ) {
            self.key = key
            self.checkpoints = checkpoints
            self.witnesses = witnesses
        }
    }

    /// What is wrong, in the order of the file; empty if nothing is.
    public private(set) var findings: [LedgerFinding] = []
    /// The entries, as far as the file could be read.
    public private(set) var entries: [LedgerEntry] = []
    /// The last checkpoint in the file.
    public private(set) var checkpoint: Checkpoint?
    /// The key that the ledger claims; nil where it has no opening.
    public private(set) var key: VerificationKey?
    /// Where each entry begins in the file, in bytes.
    private(set) var offsets: [Int] = []
    private var tree = MerkleTree(.sha256)
    /// The entries that a checkpoint states, as long as every one does.
    private var stated = 0
    private var isStated = true

    /// Checks the ledger at `path`.
    ///
    /// - Throws: ``LedgerError`` where there is no file, or it is no ledger.
    public init(path: String, evidence: Evidence = Evidence()) throws(LedgerError) {
        self.init(try LedgerScan(path: path), evidence)
    }

    /// Checks the content of a ledger file.
    ///
    /// - Throws: ``LedgerError`` where it is no ledger.
    public init(bytes: [UInt8], evidence: Evidence = Evidence()) throws(LedgerError) {
        self.init(try LedgerScan(bytes: bytes), evidence)
    }

    init(_ scan: LedgerScan, _ evidence: Evidence) {
        let chunks = Self.decode(scan.records)
        var checkpoints: [LedgerRecord] = []
        var records = scan.records.makeIterator()
        var previous = LedgerRecord.first
        reading: for chunk in chunks {
            for content in chunk {
                guard let record = records.next() else { break reading }
                switch content {
                case .entry(let entry, let leafHash):
                    entries.append(entry)
                    offsets.append(record.offset)
                    tree.append(leafHash: leafHash)
                case .checkpoint:
                    checkpoints.append(record)
                    checkCheckpoint(record, fileChecksum: previous)
                case .unreadable(let reason):
                    report(.encoding, entry: entries.count, offset: record.offset, reason)
                    break reading
                }
                previous = record.checksum
            }
        }
        if let stop = scan.stop {
            report(
                stop.isTorn ? .torn : .damaged, entry: entries.count, offset: scan.end,
                stop.reason)
        }
        var rules = LedgerRules()
        rules.check(entries)
        findings += rules.findings.map {
            LedgerFinding(
                kind: $0.kind, entry: $0.entry,
                offset: offsets.isEmpty ? scan.end : offsets[$0.entry], message: $0.message)
        }
        checkpoint = checkpoints.last.flatMap(Self.checkpoint)
        checkSignatures(checkpoints, evidence: evidence)
        check(evidence)
        findings.sort { ($0.offset ?? .max) < ($1.offset ?? .max) }
    }

    /// What the last charge says was spent; nil before the first.
    public var spent: Spent? { entries.lastSpent }

    private mutating func report(
        _ kind: LedgerFinding.Kind, entry: Int? = nil, offset: Int? = nil, _ message: String
    ) {
        findings.append(
            LedgerFinding(kind: kind, entry: entry, offset: offset, message: message))
    }

    private enum Content: Sendable {
        case entry(LedgerEntry, leafHash: [UInt8])
        case checkpoint
        case unreadable(String)

        init(_ record: LedgerRecord) {
            guard record.kind == .entry else {
                self = .checkpoint
                return
            }
            do {
                self = .entry(
                    try LedgerEntry(decoding: record.payload),
                    leafHash: MerkleTree.Hash.sha256.leaf(record.payload))
            } catch { self = .unreadable(error.reason) }
        }
    }

    /// Decodes and hashes records on all processors, in pieces.
    private static func decode(_ records: [LedgerRecord]) -> [[Content]] {
        let chunk = 1024
        let count = (records.count + chunk - 1) / chunk
        let results = Mutex([[Content]](repeating: [], count: count))
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let contents = records[index * chunk..<min((index + 1) * chunk, records.count)].map {
                Content($0)
            }
            results.withLock { $0[index] = contents }
        }
        return results.withLock { $0 }
    }

    private static func checkpoint(_ record: LedgerRecord) -> Checkpoint? {
        try? Checkpoint(String(decoding: record.payload, as: UTF8.self))
    }

    /// Checks that a checkpoint in the file is the statement of exactly what stands before it.
    private mutating func checkCheckpoint(_ record: LedgerRecord, fileChecksum: [UInt8]) {
        guard isStated else { return }
        guard case .opening(let opening) = entries.first?.content else {
            isStated = false
            return report(
                .checkpoint, entry: 0, offset: record.offset, "a checkpoint before the opening")
        }
        let expected = Checkpoint.text(
            origin: opening.origin, size: tree.count, root: tree.root, fileChecksum: fileChecksum)
        if record.payload.starts(with: "\(expected)\n".utf8) {
            stated = tree.count
            return
        }
        isStated = false
        report(
            .checkpoint, entry: stated, offset: record.offset,
            Self.checkpoint(record).map {
                "the checkpoint of \($0.size) entries does not state what stands before it: "
                    + "something was changed from entry \(stated) on"
            } ?? "the checkpoint is no signed note")
    }

    /// The last signature covers the whole file before it, earlier signatures included. Only where
    /// something is wrong, the others show how far the file is what the owner signed.
    private mutating func checkSignatures(
        _ checkpoints: [LedgerRecord], evidence: Evidence
    ) {
        if case .opening(let opening) = entries.first?.content {
            key = try? VerificationKey(name: opening.origin, key: opening.publicKey)
        }
        guard let signer = evidence.key ?? key else { return }
        if let expected = evidence.key, let claimed = key, expected != claimed {
            report(
                .signature, entry: 0, offset: offsets[0],
                "the ledger is signed by \(claimed), and not by \(expected)")
        }
        func isSigned(_ checkpoint: Checkpoint?) -> Bool {
            guard let checkpoint, checkpoint.origin == signer.name else { return false }
            // In a file, the owner signs alone: nobody else can add to it.
            return checkpoint.note.signatures.count == 1 && checkpoint.note.isSigned(by: signer)
        }
        if !checkpoints.isEmpty, !findings.isEmpty || !isSigned(checkpoint) {
            var signedSize = 0
            for record in checkpoints {
                let checkpoint = Self.checkpoint(record)
                if isSigned(checkpoint) {
                    signedSize = checkpoint?.size ?? signedSize
                    continue
                }
                report(
                    .signature, entry: signedSize < entries.count ? signedSize : nil,
                    offset: record.offset,
                    "the checkpoint is not signed by \(signer.name); the last one before it covers "
                        + "\(signedSize) entries")
                break
            }
        }
        let covered = min(checkpoint?.size ?? 0, entries.count)
        if covered < entries.count {
            report(
                .unsigned, entry: covered, offset: offsets[covered],
                "the last checkpoint covers \(covered) of \(entries.count) entries: nobody vouches "
                    + "for the others")
        }
    }

    /// Compares the ledger with what others kept.
    private mutating func check(_ evidence: Evidence) {
        // Without an opening there is nothing to compare, and a finding already.
        guard let signer = evidence.key ?? key else { return }
        for other in evidence.checkpoints {
            guard other.origin == signer.name, other.note.isSigned(by: signer) else {
                report(
                    .signature,
                    "the checkpoint of \(other.size) entries from outside is not signed by "
                        + "\(signer.name)")
                continue
            }
            if other.size > tree.count {
                report(
                    .fork, entry: tree.count,
                    "the ledger had \(other.size) entries once, and has \(tree.count)")
            } else if tree.root(of: other.size) != other.root {
                report(
                    .fork, entry: max(0, other.size - 1),
                    "the first \(other.size) entries are not those that the checkpoint from outside "
                        + "states: the owner has signed two histories")
            }
        }
        for witness in evidence.witnesses {
            let seen = evidence.checkpoints + (checkpoint.map { [$0] } ?? [])
            if !seen.contains(where: { $0.note.isSigned(by: witness) }) {
                report(.signature, "no checkpoint is countersigned by \(witness.name)")
            }
        }
    }
}
