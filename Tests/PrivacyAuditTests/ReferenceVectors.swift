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
        return try? Data(
            contentsOf: shared.appending(path: "reference/dp_accounting_vectors.json"))
    }()

    static var areAbsent: Bool { file == nil }
    static let absence = "no reference vectors: set COVEY_SHARED to the directory that holds them"

    /// The auxiliary vectors of a kind.
    static func auxiliary(_ kind: String) throws -> [[String: Double]] {
        let object = try file.map { try JSONSerialization.jsonObject(with: $0) }
        let auxiliary = (object as? [String: Any])?["aux"] as? [String: Any]
        return auxiliary?[kind] as? [[String: Double]] ?? []
    }
}
