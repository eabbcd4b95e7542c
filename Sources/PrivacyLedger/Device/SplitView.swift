/// Evidence that the owner of a key has shown two ledgers: two statements under one key that cannot
/// both be true. It needs no trust in whoever shows it.
public enum SplitView: Sendable, Hashable {
    /// Two roots for the same number of entries.
    case roots(Checkpoint, Checkpoint)
    /// Two entries in the same place.
    case entries(Claim, Claim)

    /// A signed ledger and an entry in it.
    public struct Claim: Sendable, Hashable {
        /// What was signed.
        public var checkpoint: Checkpoint
        /// What is in it.
        public var inclusion: LedgerInclusion

        /// Describes a claim.
        public init(checkpoint: Checkpoint, inclusion: LedgerInclusion) {
            self.checkpoint = checkpoint
            self.inclusion = inclusion
        }

        fileprivate func isSigned(by key: VerificationKey) -> Bool {
            checkpoint.origin == key.name && checkpoint.note.isSigned(by: key)
                && inclusion.isValid(under: checkpoint)
        }
    }

    /// Whether it convicts the owner of `key`.
    public func isProof(against key: VerificationKey) -> Bool {
        switch self {
        case .roots(let one, let other):
            one.size == other.size && one.root != other.root
                && [one, other].allSatisfy { $0.origin == key.name && $0.note.isSigned(by: key) }
        case .entries(let one, let other):
            one.inclusion.index == other.inclusion.index
                && one.inclusion.entry != other.inclusion.entry && one.isSigned(by: key)
                && other.isSigned(by: key)
        }
    }
}
