/// Why an audit was refused.
public enum AuditError: Error, Equatable, CustomStringConvertible {
    /// A number lies outside the range in which the audit is defined.
    case outOfRange(parameter: String, value: Double, allowed: String)
    /// A score is a NaN or an infinity.
    case scoreNotFinite

    /// The cause and what to do about it.
    public var description: String {
        switch self {
        case .outOfRange(let parameter, let value, let allowed):
            "\(parameter) is \(value), but must be \(allowed)"
        case .scoreNotFinite:
            "a canary's score is a NaN or an infinity; every canary needs a finite score"
        }
    }
}
