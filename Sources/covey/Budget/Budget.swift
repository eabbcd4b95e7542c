import ArgumentParser
import Foundation

/// Plans and checks privacy budgets.
struct Budget: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget", abstract: "Plan and check what releases cost in privacy.",
        discussion: """
            Every figure is a bound that holds, and the bound from the other side beside it.

            Examples:
              covey budget epsilon --noise 1.1 --sampling 0.01 --rounds 1000 --delta 1e-6
              covey budget noise --epsilon 2 --delta 1e-6 --sampling 0.01 --rounds 1000
              covey budget explain --noise 1.1 --sampling 0.01 --rounds 1000
            """,
        subcommands: [
            Epsilon.self, Noise.self, Rounds.self, Rate.self, Explain.self, Check.self,
        ])
}

/// Why a budget cannot be worked out.
enum BudgetError: Error, CustomStringConvertible {
    case unreadable(String)
    case invalid(String)

    var description: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read; check its name and permissions"
        case .invalid(let message): message
        }
    }
}

/// Runs `body`; an error is one line on standard error, and status 2.
func reporting<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch { throw reported(error) }
}

/// Runs `body`; an error is one line on standard error, and status 2.
func reporting<Result>(_ body: () async throws -> Result) async throws -> Result {
    do { return try await body() } catch { throw reported(error) }
}

private func reported(_ error: any Error) -> ExitCode {
    if let code = error as? ExitCode { return code }
    FileHandle.standardError.write(Data("covey: \(error)\n".utf8))
    return ExitCode(2)
}

/// A value as JSON that scripts can rely on.
func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
