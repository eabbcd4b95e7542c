import Foundation

/// The published reference figures that lie beside the repository, where they were fetched.
enum ReferenceVectors {
    /// `dp_accounting_vectors.json` in `../shared/reference`, or below `COVEY_SHARED`; nil if
    /// absent.
    private static let file: Data? = {
        let repository = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let shared =
            ProcessInfo.processInfo.environment["COVEY_SHARED"].map { URL(filePath: $0) }
            ?? repository.deletingLastPathComponent().appending(path: "shared")
        let file = shared.appending(path: "reference/dp_accounting_vectors.json")
        return try? Data(contentsOf: file)
    }()

    private static var accounting: [String: Any]? {
        file.flatMap { try? JSONSerialization.jsonObject(with: $0) as? [String: Any] }
    }

    static var areAbsent: Bool { file == nil }
    static var data: Data? { file }
    static let absence = "no reference vectors: set COVEY_SHARED to the directory that holds them"

    /// The auxiliary vectors of a kind.
    static func auxiliary(_ kind: String) -> [[String: Any]] {
        (accounting?["aux"] as? [String: Any])?[kind] as? [[String: Any]] ?? []
    }

    /// The accounting cases of a mechanism.
    static func cases(of mechanism: String) -> [[String: Any]] {
        let all = accounting?["cases"] as? [[String: Any]] ?? []
        return all.filter { $0["mechanism"] as? String == mechanism }
    }
}

extension [String: Any] {
    func number(_ key: String) -> Double? { (self[key] as? NSNumber)?.doubleValue }
    func object(_ key: String) -> [String: Any] { self[key] as? [String: Any] ?? [:] }
}
