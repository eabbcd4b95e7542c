package import ArgumentParser
internal import Foundation

extension AsyncParsableCommand {
    /// Runs the command that the process was started with. All programs end with the same statuses:
    /// 0, 1 where the answer is no, 2 for bad usage and whatever else went wrong, 130 after Ctrl-C.
    package static func runProgram() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
            exit(withError: ExitCode(2))
        }
    }
}
