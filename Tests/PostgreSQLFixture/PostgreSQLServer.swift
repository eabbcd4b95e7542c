import Foundation
import Synchronization

/// A PostgreSQL server of the tests' own, in a temporary folder, reached over a socket in it. It ends
/// with this process, however that ends: a shell waits for the end of its input and stops it.
package final class PostgreSQLServer: Sendable {
    /// The server that tests share, each with a database of its own; nil where PostgreSQL is not
    /// installed. It is started when it is first asked for.
    package static let shared: PostgreSQLServer? = {
        do { return try PostgreSQLServer() } catch {
            print("PostgreSQL cannot be started, its tests are skipped: \(error)")
            return nil
        }
    }()

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let folder: String
    private let programs: String
    private let process = Mutex<(shell: Process, input: FileHandle)?>(nil)

    /// Makes a cluster and starts a server on it.
    package init() throws {
        guard let programs = Self.findPrograms() else {
            throw Failure(description: "no folder has its programs initdb and postgres")
        }
        self.programs = programs
        // Short, as the path of a socket has at most 107 bytes.
        folder = "/tmp/covey-pg-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // PostgreSQL refuses to run as root.
        if geteuid() == 0 { try Self.run("chown postgres \(folder)") }
        try Self.run(
            Self.asServer("\(programs)/initdb -D \(folder)/data -A trust -U covey -E UTF8 -N"))
        try start()
    }

    /// Starts the server after ``stop()``, and waits until it answers.
    package func start() throws {
        let shell = Process()
        let input = Pipe()
        shell.executableURL = URL(filePath: "/bin/sh")
        // Stops as the word says that it reads, or at the end of its input; only after the latter is
        // the folder removed.
        let server =
            "\(programs)/postgres -D \(folder)/data -k \(folder) -c listen_addresses= -c fsync=off "
            + "-c max_connections=300 -c log_min_messages=fatal -c deadlock_timeout=20ms"
        let stop = "\(programs)/pg_ctl -D \(folder)/data -m ${word:-fast} -w stop"
        shell.arguments = [
            "-c",
            """
            exec > \(folder).log 2>&1
            ( \(Self.asServer(server)) ) < /dev/null &
            word=
            read word
            ( \(Self.asServer(stop)) )
            [ "$word" ] || rm -rf \(folder) \(folder).log
            """,
        ]
        shell.standardInput = input
        try shell.run()
        process.withLock { $0 = (shell, input.fileHandleForWriting) }
        for _ in 0..<600 {
            let isReady = "\(programs)/pg_isready -q -h \(folder) -U covey -d postgres"
            if (try? Self.run(isReady)) != nil { return }
            Thread.sleep(forTimeInterval: 0.1)
        }
        throw Failure(description: "the server does not answer; see \(folder).log")
    }

    /// How a server stops: after a farewell to its clients, or as in a crash.
    package enum Stop: String {
        case fast
        case immediate
    }

    /// Stops the server, which keeps its data, and waits until it is gone.
    package func stop(_ how: Stop = .fast) throws {
        guard let (shell, input) = process.withLock({ $0 }) else { return }
        try input.write(contentsOf: Data("\(how)\n".utf8))
        shell.waitUntilExit()
        process.withLock { $0 = nil }
    }

    deinit {
        // A server that was stopped has nobody left to remove its folder.
        if process.withLock({ $0 == nil }) {
            try? FileManager.default.removeItem(atPath: folder)
            try? FileManager.default.removeItem(atPath: folder + ".log")
        }
    }

    /// Makes an empty database; returns the string to connect with.
    package func makeDatabase() throws -> String {
        let name = "test\(UInt64.random(in: 0 ... .max))"
        try Self.run("\(programs)/createdb -h \(folder) -U covey -T template0 \(name)")
        return "host=\(folder) user=covey dbname=\(name)"
    }

    /// Runs SQL in a database; returns what it prints.
    @discardableResult
    package func run(_ sql: String, in connectionString: String) throws -> String {
        try Self.run(
            "\(programs)/psql -qAtX -v ON_ERROR_STOP=1 -d '\(connectionString)' -c \"\(sql)\"")
    }

    private static func findPrograms() -> String? {
        let manager = FileManager.default
        let debian = "/usr/lib/postgresql"
        let versions = (try? manager.contentsOfDirectory(atPath: debian)) ?? []
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders =
            versions.sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .map { "\(debian)/\($0)/bin" } + path.split(separator: ":").map(String.init)
        return folders.first { folder in
            ["initdb", "postgres"].allSatisfy {
                manager.isExecutableFile(atPath: "\(folder)/\($0)")
            }
        }
    }

    private static func asServer(_ command: String) -> String {
        geteuid() == 0 ? "cd /tmp; exec runuser -u postgres -- \(command)" : "exec \(command)"
    }

    @discardableResult
    private static func run(_ command: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command + " 2>&1"]
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(command): \(text)")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
