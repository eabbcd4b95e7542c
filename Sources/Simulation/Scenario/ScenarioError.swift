/// Why a scenario cannot be run.
public enum ScenarioError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be read.
    case unreadable(path: String)
    /// The file is not YAML, or not a mapping of scalars.
    case malformed(source: String, reason: String)
    /// A key that no scenario has.
    case unknownKey(String, source: String, nearest: String?)
    /// A value that does not fit its key.
    case badValue(key: String, value: String, expected: String, source: String)
    /// Values that do not fit together, or not the data.
    case contradiction(String)

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .unreadable(let path): "\(path): there is no such scenario file, or it cannot be read"
        case .malformed(let source, let reason): "\(source): \(reason)"
        case .unknownKey(let key, let source, let nearest):
            "\(source): there is no key '\(key)'"
                + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .badValue(let key, let value, let expected, let source):
            "\(source): '\(key)' cannot be '\(value)'; it takes \(expected)"
        case .contradiction(let reason): reason
        }
    }
}
