import ArgumentParser
import Foundation

/// Runs `body`; an error is one line on standard error, and status 2.
func reporting(_ body: () async throws -> Void) async throws {
    do { try await body() } catch let code as ExitCode { throw code } catch {
        FileHandle.standardError.write(Data("covey-coordinator: \(error)\n".utf8))
        throw ExitCode(2)
    }
}

/// What a command line asks for in vain.
struct CommandError: Error, CustomStringConvertible {
    /// The cause and the remedy, in one line.
    let description: String

    init(_ description: String) { self.description = description }
}
