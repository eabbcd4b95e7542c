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
        case .task(let name): Self.tasks + Self.encoded(name)
        case .ledger: "/ledger"
        case .json: "/overview.json"
        }
    }

    private static let tasks = "/tasks/"

    /// Everything but the unreserved characters of RFC 3986 percent-encoded, section 2.3.
    private static func encoded(_ name: String) -> String {
        name.utf8.reduce(into: "") { text, byte in
            switch UInt8(byte) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += String(format: "%%%02X", byte)
            }
        }
    }
}
