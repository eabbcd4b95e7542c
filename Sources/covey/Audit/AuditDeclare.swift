import ArgumentParser
import Foundation
import PrivacyLedger

extension Audit {
    /// Adds a declaration to a ledger.
    struct Declare: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "declare",
            abstract: "Sign a declaration into a ledger: what no computation can tell.",
            discussion: """
                A report lists what the ledger's owner has declared on retention, side channels, \
                other releases, audits, utility and violations, as the owner's word.

                Examples:
                  covey audit declare ledger.covey --key ledger.key --topic retention \\
                      --text "Masked vectors are deleted when their sum is revealed."
                """)

        @Argument(help: "The ledger file.", completion: .file(extensions: ["covey"]))
        var ledger: String

        @Option(help: ArgumentHelp("The file of the owner's secret key.", valueName: "file"))
        var key: String

        @Option(
            help: ArgumentHelp(
                LedgerStatement.Topic.allCases.map(\.rawValue).joined(separator: ", ") + ".",
                valueName: "topic"))
        var topic: String

        @Option(help: ArgumentHelp("The declaration.", valueName: "text"))
        var text: String

        func run() throws {
            try reporting {
                guard let topic = LedgerStatement.Topic(rawValue: topic) else {
                    throw BudgetError.invalid(
                        "--topic \(topic): expected one of "
                            + LedgerStatement.Topic.allCases.map(\.rawValue).joined(separator: ", ")
                    )
                }
                var opened = try PrivacyLedger(
                    opening: ledger, key: try SigningKeyFile.read(at: key))
                // Of a simulation, time stands still, so that declarations do not change its bytes
                // from day to day.
                let isSimulation = opened.opening?.randomness == .seeded
                let now = Int64(Date().timeIntervalSince1970 * 1000)
                try opened.record(
                    .statement(LedgerStatement(topic: topic, text: text)),
                    time: isSimulation ? 0 : now)
                print(try opened.sign().note.string, terminator: "")
            }
        }
    }
}
