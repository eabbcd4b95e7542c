/// Why a mechanism, an event or a budget was refused.
public enum DifferentialPrivacyError: Error, Equatable, CustomStringConvertible {
    /// A number lies outside the range in which the guarantee is defined.
    case outOfRange(parameter: String, value: Double, allowed: String)
    /// An event under one neighbouring relation was given to an accountant of another.
    case neighbouringMismatch(expected: NeighbouringRelation, actual: NeighbouringRelation)
    /// No noise multiplier up to the stated one meets the budget.
    case budgetUnreachable(PrivacyBudget, largestNoiseMultiplier: Double)

    /// No theorem covers an event, or none does under the account's relation.
    case unsupported(String, remedy: String)

    /// The cause and what to do about it.
    public var description: String {
        switch self {
        case .outOfRange(let parameter, let value, let allowed):
            "\(parameter) is \(value), but must be \(allowed)"
        case .neighbouringMismatch(let expected, let actual):
            """
            the event protects under \(actual.rawValue), the account is kept under \
            \(expected.rawValue); keep one accountant for each relation
            """
        case .unsupported(let event, let remedy):
            "no bound is known for \(event); \(remedy)"
        case .budgetUnreachable(let budget, let multiplier):
            """
            no noise multiplier up to \(multiplier) keeps epsilon at \(budget.epsilon) with delta \
            \(budget.delta); raise the budget or spend it on fewer releases
            """
        }
    }
}

/// Throws ``DifferentialPrivacyError/outOfRange(parameter:value:allowed:)`` unless `condition`
/// holds.
func require(
    _ condition: Bool, _ parameter: String, _ value: Double, _ allowed: String
) throws(DifferentialPrivacyError) {
    guard condition else {
        throw .outOfRange(parameter: parameter, value: value, allowed: allowed)
    }
}
