import Foundation

/// A self-signed certificate in a folder of its own, made by openssl.
struct TestCertificate {
    let folder: String
    var certificate: String { folder + "/certificate.pem" }
    var key: String { folder + "/key.pem" }

    init() throws {
        folder = NSTemporaryDirectory() + "covey-tls-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// Whether the tools are there.
    static var isPossible: Bool {
        ["openssl", "curl"].allSatisfy { tool in
            (try? run("/usr/bin/env", [tool, tool == "curl" ? "--version" : "version"])) != nil
        }
    }

    /// Writes a new certificate for a name.
    func write(name: String) throws {
        _ = try Self.run(
            "/usr/bin/env",
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
                "-keyout", key, "-out", certificate,
            ])
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    struct Failure: Error {
        var status: Int32
        var output: String
    }

    /// Runs a tool on a thread of its own: it may wait for a server that needs the tests' threads.
    static func runApart(_ arguments: [String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try run("/usr/bin/env", arguments) }) }
                .start()
        }
    }

    /// Runs a tool and returns what it printed.
    static func run(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else {
            throw Failure(status: process.terminationStatus, output: text)
        }
        return text
    }
}
