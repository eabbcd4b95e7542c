/// Something in a ledger that is not as it must be, and where.
public struct LedgerFinding: Sendable, Codable, Hashable {
    /// What is wrong.
    public var kind: Kind
    /// The position of the entry concerned, from 0; nil where it is none.
    public var entry: Int?
    /// Where the record begins, in bytes from the beginning of the file; nil where it is none.
    public var offset: Int?
    /// The finding in one line.
    public var message: String

    /// Whether it means that the file is not as its owner left it.
    var isForeign: Bool {
        switch kind {
        case .damaged, .encoding, .checkpoint, .signature, .fork: true
        default: false
        }
    }

    /// What can be wrong with a ledger.
    public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
        /// A record does not follow the one before it.
        case damaged
        /// The file ends in the middle of a record.
        case torn
        /// An entry cannot be read, or is not encoded canonically.
        case encoding
        /// An entry stands where another belongs: missing, repeated, or out of order.
        case order
        /// Time goes back.
        case clock
        /// A round was revealed before it was charged for, or without.
        case uncharged
        /// A cohort is smaller than promised, or not what the sampling claim says.
        case cohort
        /// There is less noise than the charge says.
        case noise
        /// The cumulative epsilon is not what the rounds come to.
        case epsilon
        /// More was spent than promised.
        case budget
        /// A round does not start from the model that the one before left.
        case model
        /// The name of a masked sum is used twice.
        case session
        /// A sum was not masked, outside a simulation.
        case aggregation
        /// A checkpoint does not state what the ledger holds.
        case checkpoint
        /// A signature is wrong, or by another key.
        case signature
        /// Entries are covered by no checkpoint.
        case unsigned
        /// The ledger is not the one that a checkpoint from outside states.
        case fork
    }
}
