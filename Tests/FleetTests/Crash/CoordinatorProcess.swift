import Foundation

/// A coordinator in a process of its own, on a free port of this machine.
final class CoordinatorProcess: Sendable {
    let port: Int
    private let process: Process
    static let token = "an administrator's token for tests"

    /// The folder with the programs that are tested.
    static var programs: URL {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        return bundle?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
    }

    /// The settings of short rounds on a store.
    static func settings(store: String, folder: URL) -> String {
        """
        store: \(store)
        ledger:
          origin: crash.example/recommender
          keyFile: \(folder.appending(path: "coordinator.key").path)
          epsilon: 100
          delta: 1e-5
        database: {leaseSeconds: 1}
        limits: {watchedSeconds: 0}
        enrolment: open
        rounds:
          advertisingSeconds: 2
          sharingSeconds: 2
          maskingSeconds: 2
          endorsingSeconds: 2
          unmaskingSeconds: 2
          gatheringSeconds: 1
          pollMilliseconds: 10
        """
    }

    /// "host=/folder user=name dbname=database" as the address that the setting takes.
    static func address(ofDatabase words: String) -> String {
        var values: [Substring: Substring] = [:]
        for word in words.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        return "postgresql://\(values["user"] ?? "")@/\(values["dbname"] ?? "")"
            + "?host=\(values["host"] ?? "")" + (values["port"].map { "&port=\($0)" } ?? "")
    }

    /// Starts a coordinator and waits until it leads.
    init(settings: URL, port: Int, log: URL) async throws {
        self.port = port
        process = Process()
        process.executableURL = Self.programs.appending(path: "covey-coordinator")
        process.arguments = [
            "serve", "--config", settings.path, "--port", "\(port)", "--address", "127.0.0.1",
        ]
        process.environment = ["COVEY_ADMINISTRATION_TOKEN": Self.token]
        if !FileManager.default.fileExists(atPath: log.path) {
            try Data().write(to: log)
        }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        process.standardError = output
        process.standardOutput = output
        try process.run()
        let end = ContinuousClock.now + .seconds(60)
        while try await get("readyz") == nil {
            guard process.isRunning, ContinuousClock.now < end else {
                throw CrashTestError.notServing(
                    (try? String(contentsOf: log, encoding: .utf8)) ?? "")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// What a path answers with; nil for anything but success, or no answer.
    func get(_ path: String) async throws -> Data? {
        try await Program.curl(["-sf", "--max-time", "10", "http://127.0.0.1:\(port)/\(path)"])
    }

    /// Ends it as a power failure would.
    func kill() async {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks it to stop, and waits.
    func stop() async {
        process.terminate()
        process.waitUntilExit()
    }

    /// A port that nobody listens on.
    static func freePort() -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = bind(descriptor, pointer, length)
                _ = getsockname(descriptor, pointer, &length)
            }
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

enum CrashTestError: Error { case notServing(String), failed(String) }

/// Other programs.
enum Program {
    /// Runs a program to its end.
    static func run(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { one, _ in one }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    /// What curl fetches; nil where it fails.
    static func curl(_ arguments: [String]) async throws -> Data? {
        let (status, output) = try await run(URL(filePath: "/usr/bin/curl"), arguments)
        return status == 0 ? output : nil
    }
}
