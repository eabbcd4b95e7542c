import Foundation
import Sodium

/// The packages of requirements.txt, and the stubs that they generate from the protocol's files.
struct PythonClients: Sendable {
    private let path: String

    static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let folder = repository.appending(
        path: "Tests/CoordinatorServiceTests/ForeignClients/Python")

    /// What is installed; nil where Python, pip or the network is missing.
    static let shared = Task<PythonClients?, Never> {
        do { return try await PythonClients() } catch {
            print("Clients in Python are not tried: \(error)")
            return nil
        }
    }

    /// Installs the packages and makes the stubs, or finds those of an earlier run.
    private init() async throws {
        let requirements = Self.folder.appending(path: "requirements.txt")
        let protocols = Self.repository.appending(path: "protocol")
        let files = ["coordinator", "ledger"].map { "covey/v1/\($0).proto" }
        let packages = try await Self.folder("packages", of: [requirements]) { path in
            try await Self.python(
                [
                    "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                    "--retries=1", "--target", path, "--requirement", requirements.path,
                ], seconds: 300)
        }
        let stubs = try await Self.folder(
            "stubs", of: [requirements] + files.map { protocols.appending(path: $0) }
        ) { path in
            try await Self.python(
                [
                    "-m", "grpc_tools.protoc", "-I", protocols.path,
                    "--plugin=\(packages)/bin/protoc-gen-connectrpc", "--python_out=\(path)",
                    "--connectrpc_out=\(path)", "--connectrpc_opt=protobuf=google",
                ] + files, seconds: 60, path: packages)
        }
        path = [stubs, packages, Self.repository.path + "/Tests/SecondImplementation"]
            .joined(separator: ":")
    }

    /// A folder whose content follows from some files; it is made where there is none yet.
    private static func folder(
        _ name: String, of sources: [URL], _ make: (_ path: String) async throws -> Void
    ) async throws -> String {
        let content = try sources.reduce(into: [UInt8]()) { $0 += try Data(contentsOf: $1) }
        let all = repository.path + "/.build/foreign-clients/"
        let path = all + name + "-" + hexadecimal(BLAKE2b.hash(content).prefix(8))
        let files = FileManager.default
        guard !files.fileExists(atPath: path) else { return path }
        let new = all + UUID().uuidString
        defer { try? files.removeItem(atPath: new) }
        try files.createDirectory(atPath: new, withIntermediateDirectories: true)
        try await make(new)
        do { try files.moveItem(atPath: new, toPath: path) } catch {
            // Another process may have been faster.
            guard files.fileExists(atPath: path) else { throw error }
        }
        return path
    }

    /// Runs a program of this folder to its end.
    ///
    /// - Returns: The objects of its lines.
    func run(_ program: String, _ arguments: [String]) async throws -> [[String: Answer]] {
        let text = try await Self.python([program] + arguments, seconds: 300, path: path)
        return try text.split(separator: "\n").map {
            try JSONDecoder().decode([String: Answer].self, from: Data($0.utf8))
        }
    }

    /// A value of a line.
    enum Answer: Sendable, Hashable, Decodable {
        case flag(Bool)
        case number(Int)
        case text(String)
        case list([Answer])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? container.decode(Int.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .list(try container.decode([Answer].self))
            }
        }
    }

    @discardableResult
    private static func python(
        _ arguments: [String], seconds: Int, path: String = ""
    ) async throws -> String {
        let environment = ProcessInfo.processInfo.environment.merging(["PYTHONPATH": path]) { $1 }
        return try await Program.run(
            ["python3", "-B"] + arguments, seconds: seconds, environment: environment, in: folder)
    }
}
