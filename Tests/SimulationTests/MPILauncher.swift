import Foundation

/// Starts `covey simulate` in several processes.
enum MPILauncher {
    /// Whether processes can be started and were built to work together.
    static let isThere: Bool = {
        #if MPI
            let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            return folders.contains {
                FileManager.default.isExecutableFile(atPath: "\($0)/mpirun")
            }
        #else
            return false
        #endif
    }()

    /// What became of the processes.
    struct Run {
        var status: Int32
        var output: String
        var errors: String
    }

    private static var program: String {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        let folder = bundle?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
        return folder.appending(path: "covey").path
    }

    /// Runs to the end, or until a file is there: then one process is killed, or told to stop.
    static func simulate(
        processes: Int, _ settings: [String], _ arguments: [String],
        killingOneAfter lossFile: URL? = nil, interruptingAfter interruptionFile: URL? = nil
    ) throws -> Run {
        let files = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: files) }
        let (output, errors) = (files.appending(path: "output"), files.appending(path: "errors"))
        for file in [output, errors] {
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // The processes of Open MPI write their numbers down; it asks for consent to more of them than cores.
        let script = "echo $$ > \"\(files.path)/pid-$OMPI_COMM_WORLD_RANK\"; exec \"$@\""
        process.arguments =
            ["mpirun", "-np", "\(processes)", "sh", "-c", script, "covey", program, "simulate"]
            + settings.flatMap { ["--set", $0] } + arguments
        var environment = ProcessInfo.processInfo.environment
        environment["OMPI_MCA_rmaps_base_oversubscribe"] = "1"
        environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
        environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
        process.environment = environment
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        if let file = lossFile ?? interruptionFile {
            while process.isRunning, !FileManager.default.fileExists(atPath: file.path) {
                usleep(20_000)
            }
            usleep(100_000)
            // Not the launcher, which inherits the blocked signals of the thread that runs the test.
            let number = try String(contentsOf: files.appending(path: "pid-1"), encoding: .utf8)
            if let number = Int32(number.trimmingCharacters(in: .whitespacesAndNewlines)) {
                kill(number, lossFile != nil ? SIGKILL : SIGTERM)
            }
        }
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus,
            output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }
}
