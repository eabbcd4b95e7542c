import Foundation

/// A browser without a window.
enum Chromium {
    /// What came of a page.
    struct Outcome: Sendable {
        /// The document as it is at the end.
        let document: String
        /// Everything that was written to the console, violations of the policy included.
        let console: [String]
    }

    struct Failure: Error { let log: String }

    /// Where it is; nil where there is none.
    static let path: String? = {
        let found = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
            .flatMap { name in ["/usr/bin/", "/usr/local/bin/"].map { $0 + name } }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        if found == nil { print("No Chromium is installed: the pages are not tried in a browser.") }
        return found
    }()

    /// Opens a page, and gives its script some time: it runs on a clock that does not wait for
    /// anything but the network.
    static func open(_ address: String, seconds: Int, flags: [String] = []) async throws -> Outcome
    {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "covey-browser-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["document", "log"].map { folder.appending(path: $0) }
        for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        let process = Process()
        // A browser that hangs is ended.
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments = [
            "--kill-after=5", "300", path ?? "", "--headless", "--no-sandbox", "--disable-gpu",
            "--disable-background-networking",
            "--user-data-dir=\(folder.path)/profile", "--enable-logging=stderr",
            "--virtual-time-budget=\(seconds * 1000)", "--dump-dom", address,
        ]
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in ended.resume() }
            do { try process.run() } catch {
                process.terminationHandler = nil
                ended.resume(throwing: error)
            }
        }
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        guard process.terminationStatus == 0, !texts[0].isEmpty else {
            throw Failure(log: texts[1])
        }
        return Outcome(
            document: texts[0],
            console: texts[1].split(separator: "\n").filter { $0.contains(":CONSOLE") }
                .map(String.init))
    }
}
