internal import Foundation

/// What a path stands for.
enum DashboardRoute: Hashable {
    case overview
    /// A task by its name.
    case task(String)
    case ledger
    case json

    /// nil where the path is none of the dashboard's.
    init?(_ path: String) {
        switch path {
        case "/": self = .overview
        case "/ledger": self = .ledger
        case "/overview.json": self = .json
        default:
            guard path.hasPrefix(Self.tasks) else { return nil }
            let encoded = path.dropFirst(Self.tasks.count)
            guard !encoded.isEmpty, let name = String(encoded).removingPercentEncoding else {
                return nil
            }
            self = .task(name)
        }
    }

    /// The path, percent-encoded.
    var path: String {
        switch self {
        case .overview: "/"
        case .task(let name): Self.tasks + name.percentEncoded
        case .ledger: "/ledger"
        case .json: "/overview.json"
        }
    }

    private static let tasks = "/tasks/"
}
