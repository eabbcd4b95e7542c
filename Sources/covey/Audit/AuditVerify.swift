import ArgumentParser
import Foundation
import PrivacyLedger

extension Audit {
    /// Whether a ledger is in order.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Whether a ledger is what its owner signed, and adds up.",
            discussion: """
                Ends with status 0 where everything is in order, 1 where something is not, and 2 \
                where the file cannot be read or is no ledger.

                Examples:
                  covey audit verify ledger.covey --public-key ledger.pub
                  covey audit verify ledger.covey --checkpoint seen-in-march.txt --json
                  covey audit verify ledger.covey --checkpoint witnessed.txt --witness witness.pub
                """)

        @OptionGroup var options: LedgerOptions

        @Option(
            help: ArgumentHelp(
                "A checkpoint that the ledger must continue; may be repeated.", valueName: "file"),
            completion: .file())
        var checkpoint: [String] = []

        @Option(
            help: ArgumentHelp(
                "The key of a witness who must have countersigned a checkpoint; may be repeated.",
                valueName: "key"))
        var witness: [String] = []

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            let answer = try reporting {
                VerifyAnswer(
                    try options.verification(
                        checkpoints: try checkpoint.map(AuditFile.checkpoint),
                        witnesses: try witness.map(AuditFile.key)), options: options)
            }
            print(json ? try jsonText(answer) : answer.text)
            if !answer.isInOrder { throw ExitCode(1) }
        }
    }
}

/// The outcome of a verification, for people and for scripts.
struct VerifyAnswer: Encodable {
    let ledger: String
    let isInOrder: Bool
    let findings: [LedgerFinding]
    let entries: Int
    let rounds: Int
    let spent: Spent?
    let publicKey: String?
    let isKeyPinned: Bool
    let root: String?
    let isSimulation: Bool

    init(_ verification: LedgerVerification, options: LedgerOptions) {
        ledger = options.ledger
        isInOrder = verification.findings.isEmpty
        findings = verification.findings
        entries = verification.entries.count
        let history = LedgerHistory(verification.entries)
        rounds = history.tasks.reduce(0) { $0 + $1.charged.count }
        isSimulation = history.opening?.randomness == .seeded
        spent = verification.spent
        publicKey = verification.key?.description
        isKeyPinned = options.isKeyPinned
        root = verification.checkpoint.map { Data($0.root).base64EncodedString() }
    }

    /// The most findings that are listed one by one.
    private static let listed = 20

    var text: String {
        var lines = ["\(ledger): \(entries) entries, \(rounds) rounds charged"]
        if let spent {
            lines.append(
                "recorded  epsilon \(TextTable.number(spent.epsilonCoordinator, 4)) against the "
                    + "coordinator, \(TextTable.number(spent.epsilonObserver, 4)) against observers, "
                    + "delta \(spent.delta)")
        }
        if let root { lines.append("head      \(root)") }
        if let publicKey {
            lines.append("key       \(publicKey)" + (isKeyPinned ? "" : " (the ledger's own word)"))
        }
        lines.append("")
        for finding in findings.prefix(Self.listed) {
            let place = [
                finding.entry.map { "entry \($0)" }, finding.offset.map { "byte \($0)" },
            ].compactMap { $0 }.joined(separator: ", ")
            lines.append(
                "\(finding.kind.rawValue)\(place.isEmpty ? "" : " at \(place)"): \(finding.message)"
            )
        }
        if findings.count > Self.listed {
            lines.append("... and \(findings.count - Self.listed) more")
        }
        if isInOrder {
            lines.append(
                "In order: signed, complete up to its head, every round charged before it was "
                    + "revealed, and the recorded epsilons are what the rounds come to.")
            if !isKeyPinned {
                lines.append("Give --public-key to know that it is the owner's ledger.")
            }
            if isSimulation {
                lines.append("It is of a simulation: its noise comes from a seed and hides nobody.")
            }
        } else {
            lines.append("NOT IN ORDER: \(findings.count) findings.")
        }
        return lines.joined(separator: "\n")
    }
}
