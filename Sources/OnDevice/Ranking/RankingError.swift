/// Why a list cannot be made.
public enum RankingError: Error, Equatable, CustomStringConvertible {
    /// A list of no or of too many items is asked for.
    case limit(Int)
    /// The model has no such category.
    case unknownCategory(String, known: [String])

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .limit(let limit): "a list has 1 to 1,000 items, not \(limit)"
        case .unknownCategory(let name, let known):
            "the model has no category '\(name)'; it has \(known.joined(separator: ", "))"
        }
    }
}
