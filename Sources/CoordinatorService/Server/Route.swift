/// What a path stands for.
enum Route {
    case call(ConnectMethod)
    case maskedInput(session: String)
    case snapshot(hash: String)
    case ledger
    case model(task: String)
    case health
    case readiness
    case metrics
    /// A page for people, or what belongs to one.
    case page
    /// A path of a service that has no such method.
    case unknownMethod
    case elsewhere

    /// Finds what a path stands for.
    init(path: String, methods: [String: ConnectMethod]) {
        if let method = methods[path] {
            self = .call(method)
            return
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            .map(String.init)
        self =
            switch (parts.first, parts.count) {
            case ("healthz", 1): .health
            case ("readyz", 1): .readiness
            case ("metrics", 1): .metrics
            case ("v1", 2) where parts[1] == "ledger": .ledger
            case ("v1", 3) where parts[1] == "snapshots": .snapshot(hash: parts[2])
            case ("v1", 3) where parts[1] == "models": .model(task: parts[2])
            case ("v1", 4) where parts[1] == "sums" && parts[3] == "masked-inputs":
                .maskedInput(session: parts[2])
            case (let service?, _) where service.hasPrefix("covey.v1."): .unknownMethod
            case ("assets", _): .page
            default: DashboardRoute(path) == nil ? .elsewhere : .page
            }
    }

    /// What logs and metrics call it: one of a few dozen words, whatever clients ask for.
    var label: String {
        switch self {
        case .call(let method): method.name
        case .maskedInput: Self.maskedInputLabel
        case .snapshot: "snapshots"
        case .ledger: "ledger"
        case .model: "models"
        case .health: "healthz"
        case .readiness: "readyz"
        case .metrics: "metrics"
        case .page: "pages"
        case .unknownMethod, .elsewhere: "other"
        }
    }

    /// What logs and metrics call masked inputs.
    static let maskedInputLabel = "masked-inputs"

    /// The methods of HTTP that it takes.
    var allowedMethods: [String] {
        switch self {
        case .call, .maskedInput, .unknownMethod: ["POST"]
        default: ["GET", "HEAD"]
        }
    }
}
