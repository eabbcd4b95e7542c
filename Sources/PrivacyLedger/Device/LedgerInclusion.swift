internal import Sodium

/// The proof that an entry is in a ledger.
public struct LedgerInclusion: Sendable, Hashable {
    /// The entry's canonical encoding.
    public var entry: [UInt8]
    /// Its position, from 0.
    public var index: Int
    /// The hashes from the entry up to the root.
    public var path: [[UInt8]]

    /// Collects a proof.
    public init(entry: [UInt8], index: Int, path: [[UInt8]]) {
        self.entry = entry
        self.index = index
        self.path = path
    }

    /// Whether the entry is in the ledger that `checkpoint` states.
    public func isValid(under checkpoint: Checkpoint) -> Bool {
        MerkleTree.verify(
            .sha256, leaf: entry, at: index, of: checkpoint.size, path: path, root: checkpoint.root)
    }
}
