public import PrivacyLedger
public import PrivateAggregation
public import SecureAggregation

/// Why a device does not join a round, or leaves it.
public enum DeviceRoundError: Error, Equatable, CustomStringConvertible {
    /// What was offered as a task or a plan is not such an entry of a ledger.
    case notAnEntry(String)
    /// The ledger does not have the task that the round belongs to, or only behind the round.
    case taskNotInLedger(String)
    /// The vectors of the round are longer than the device agrees to.
    case tooLarge(dimension: Int, largest: Int)
    /// The device's own account or the ledger's proofs speak against the round.
    case refused(DeviceRefusal)
    /// The device's record or the checkpoint cannot be read.
    case ledger(LedgerError)
    /// The masked sum is not such as the device agrees to, or somebody broke its protocol.
    case aggregation(AggregationError)
    /// The device's vector is not one that the round can take.
    case vector(PrivateSumError)
    /// Something came, or was asked for, that is not due at this step.
    case outOfOrder(after: DeviceStep)
    /// Anything else, such as a cost that cannot be worked out.
    case failed(String)

    /// The cause and what follows, in one line.
    public var description: String {
        switch self {
        case .notAnEntry(let what): "the coordinator offered no ledger entry of \(what)"
        case .taskNotInLedger(let task):
            "the ledger does not have the task \(task.debugDescription) as it was offered"
        case .tooLarge(let dimension, let largest):
            "the round sums \(dimension) coordinates where this device agrees to \(largest); raise "
                + "the terms' largest dimension if the app needs more"
        case .refused(let refusal): refusal.description
        case .ledger(let error): error.description
        case .aggregation(let error): error.description
        case .vector(let error): error.description
        case .outOfOrder(let step):
            "a message or call that is not due after '\(step.rawValue)'; the device has left"
        case .failed(let reason): reason
        }
    }

    /// Names what `body` throws.
    static func naming<Result>(
        _ body: () throws -> Result
    ) throws(DeviceRoundError) -> Result {
        do { return try body() } catch {
            switch error {
            case let error as DeviceRoundError: throw error
            case let error as DeviceRefusal: throw .refused(error)
            case let error as AggregationError: throw .aggregation(error)
            case let error as PrivateSumError: throw .vector(error)
            case let error as LedgerError: throw .ledger(error)
            default: throw .failed("\(error)")
            }
        }
    }
}
