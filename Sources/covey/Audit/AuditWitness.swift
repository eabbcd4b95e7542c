import ArgumentParser
import Foundation
import PrivacyLedger

extension Audit {
    /// Countersigns the head of a ledger.
    struct Witness: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "witness",
            abstract: "Countersign the head of a ledger that continues what was signed before.",
            discussion: """
                A witness is a second party who looks at the ledger now and then. Its state is the \
                last checkpoint that it countersigned; it refuses one that does not continue it, so \
                that the owner cannot show different people different histories.

                Examples:
                  covey audit witness ledger.covey --name watch.example --key witness.key \\
                      --state witnessed.txt
                  covey audit verify ledger.covey --checkpoint witnessed.txt --witness witness.key.pub
                """)

        @OptionGroup var options: LedgerOptions

        @Option(help: ArgumentHelp("The witness's name.", valueName: "name"))
        var name: String

        @Option(
            help: ArgumentHelp(
                "The file of its secret key; made, with the public one beside it, if there is none.",
                valueName: "file"))
        var key: String

        @Option(
            help: ArgumentHelp(
                "The file of the last countersigned checkpoint, which is replaced.",
                valueName: "file"))
        var state: String

        func run() throws {
            try reporting {
                let earlier =
                    FileManager.default.fileExists(atPath: state)
                    ? [try AuditFile.checkpoint(state)] : []
                let verification = try options.verification(checkpoints: earlier)
                guard verification.findings.isEmpty, var head = verification.checkpoint,
                    let owner = verification.key, head.note.isSigned(by: owner)
                else {
                    print(VerifyAnswer(verification, options: options).text)
                    throw ExitCode(1)
                }
                let key = try SigningKeyFile.read(
                    at: key, orMake: (name, .cosignature))
                try head.cosign(name: name, key: key, time: UInt64(Date().timeIntervalSince1970))
                try Data(head.note.string.utf8).write(to: URL(filePath: state), options: .atomic)
                print(head.note.string, terminator: "")
            }
        }
    }
}
