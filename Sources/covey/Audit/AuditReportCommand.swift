import ArgumentParser
import Foundation
import PrivacyAudit
import PrivacyLedger
import Simulation

extension Audit {
    /// What a regulator asks about a ledger.
    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report",
            abstract: "Answer what a regulator asks about a ledger, from its entries alone.",
            discussion: """
                Eighteen disclosures, after NIST SP 800-226 and "How to DP-fy ML", each filled from \
                the ledger or marked as missing. The same ledger gives the same bytes. Ends with \
                status 1 where the ledger is not in order.

                Examples:
                  covey audit report runs/quickstart/ledger.covey
                  covey audit report ledger.covey --public-key ledger.pub --html report.html
                  covey audit report ledger.covey --json
                """)

        @OptionGroup var options: LedgerOptions

        @Option(
            help: ArgumentHelp(
                "Write the report as a page, and as JSON beside it.", valueName: "file.html"))
        var html: String?

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            try reporting {
                if let html { try AuditFile.checkWritable(html) }
                let report = try AuditReport(
                    try options.verification(), isKeyPinned: options.isKeyPinned)
                let text = try jsonText(report)
                if let html {
                    let beside = URL(filePath: html).deletingPathExtension()
                        .appendingPathExtension("json")
                    do {
                        try Data(AuditReportPage(report: report).render().utf8)
                            .write(to: URL(filePath: html))
                        try Data((text + "\n").utf8).write(to: beside)
                    } catch {
                        throw BudgetError.invalid("\(html) cannot be written; choose another place")
                    }
                    FileHandle.standardError.write(
                        Data("covey: wrote \(html) and \(beside.relativePath)\n".utf8))
                }
                if json { print(text) } else if html == nil { print(Self.text(report)) }
                if !report.findings.isEmpty { throw ExitCode(1) }
            }
        }

        private static func text(_ report: AuditReport) -> String {
            let missing = report.disclosures.filter { $0.source == .missing }
            let caution =
                report.findings.isEmpty
                ? "" : "NOT IN ORDER: \(report.findings.count) findings, see violations.\n\n"
            return caution
                + report.disclosures.enumerated().map { number, disclosure in
                    let answers =
                        disclosure.answers.isEmpty
                        ? ["MISSING"] : disclosure.answers
                    return
                        "\(number + 1). \(disclosure.topic.rawValue) (\(disclosure.source.rawValue))\n"
                        + answers.map { "   \($0)" }.joined(separator: "\n")
                }.joined(separator: "\n")
                + "\n\n\(missing.count) of \(report.disclosures.count) missing."
        }
    }
}
