import Foundation

/// Another program.
enum Program {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a program to its end; one that hangs is ended.
    ///
    /// - Returns: What it printed.
    static func run(
        _ command: [String], seconds: Int, environment: [String: String]? = nil,
        in folder: URL? = nil
    ) async throws -> String {
        let scratch = FileManager.default.temporaryDirectory
            .appending(path: "covey-program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let files = ["output", "errors"].map { scratch.appending(path: $0) }
        for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["timeout", "--kill-after=5", "\(seconds)"] + command
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in ended.resume() }
            do { try process.run() } catch {
                process.terminationHandler = nil
                ended.resume(throwing: error)
            }
        }
        let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        guard process.terminationStatus == 0 else {
            throw Failure(
                description: "\(command.prefix(3).joined(separator: " ")) ended with status "
                    + "\(process.terminationStatus): \(texts[1].suffix(1000))\(texts[0].suffix(500))"
            )
        }
        return texts[0]
    }
}
