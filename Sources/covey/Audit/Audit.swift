import ArgumentParser
import Foundation
import PrivacyLedger

/// Checks what was spent, and that it is true.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Check a privacy ledger, report on it, attack a training.",
        discussion: """
            Nobody has to believe the operator: a ledger is checked with its file, the owner's \
            public key, and checkpoints that devices or witnesses kept.

            Examples:
              covey audit verify runs/quickstart/ledger.covey --public-key runs/quickstart/ledger.pub
              covey audit report runs/quickstart/ledger.covey --html report.html
              covey audit attack simulations/quickstart.yaml --canaries 1000
              covey audit coordinator
            """,
        subcommands: [
            Verify.self, Report.self, Attack.self, Coordinator.self, Witness.self, Declare.self,
        ])
}

/// A checkpoint or a key from a file.
enum AuditFile {
    /// The text of a file, or of the argument itself where it is no file.
    static func text(_ argument: String, isFile: Bool = true) throws -> String {
        guard let data = FileManager.default.contents(atPath: argument) else {
            if isFile { throw LedgerError.unreadable(path: argument) }
            return argument
        }
        return String(decoding: data.prefix(1 << 20), as: UTF8.self)
    }

    /// A public key, given as text or as a file with it.
    static func key(_ argument: String) throws -> VerificationKey {
        let text = try text(argument, isFile: false)
        return try VerificationKey(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Refuses a place for a page that could not be written to after long work.
    static func checkWritable(_ path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        guard !path.hasSuffix(".json"), FileManager.default.isWritableFile(atPath: folder) else {
            throw BudgetError.invalid(
                "\(path) cannot be written as a page; choose another place, ending with .html")
        }
    }

    static func checkpoint(_ path: String) throws -> Checkpoint {
        try Checkpoint(try text(path))
    }
}
