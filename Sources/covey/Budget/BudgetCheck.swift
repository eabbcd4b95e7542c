import ArgumentParser
import DifferentialPrivacy
import Foundation

extension Budget {
    /// Evaluates reference cases.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Evaluate every case of a reference file and compare.",
            discussion: """
                The file is JSON in the schema "dp-accounting-vectors/1". A case fails if the exact \
                value it states is outside of the bounds found, if its bracket does not overlap them, \
                or if a bound that dp-accounting prints is better. Ends with status 1 if a case fails.

                Examples:
                  covey budget check vectors.json
                  covey budget check vectors.json --json | jq '.[] | select(.passed | not)'
                """)

        @Argument(help: "The file of reference cases.")
        var file: String

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            let failed = try reporting { () -> Int in
                guard let data = FileManager.default.contents(atPath: file) else {
                    throw BudgetError.unreadable(file)
                }
                let outcomes = try ReferenceCase.cases(in: data, named: file).map { item in
                    do { return try item.check() } catch {
                        throw BudgetError.invalid("\(file), case \(item.id): \(error)")
                    }
                }
                print(json ? try jsonText(outcomes) : Self.table(outcomes))
                return outcomes.count { !$0.passed }
            }
            if failed > 0 { throw ExitCode(1) }
        }

        private static func table(_ outcomes: [ReferenceCase.Outcome]) -> String {
            var table = TextTable(header: ["case", "expected", "lower", "upper", "width", "", ""])
            table.rows = outcomes.map { outcome in
                let width = (outcome.upper - outcome.lower) / outcome.upper
                return [
                    outcome.id, outcome.expected.map { String(format: "%.9g", $0) } ?? "-",
                    String(format: "%.11g", min(outcome.lower, outcome.upper)),
                    String(format: "%.11g", max(outcome.lower, outcome.upper)),
                    String(format: "%.0e", abs(width)), outcome.accountant,
                    (outcome.passed ? "ok: " : "FAILED: ") + outcome.note,
                ]
            }
            let failed = outcomes.count { !$0.passed }
            return table.text + "\n\n\(outcomes.count - failed) of \(outcomes.count) cases hold"
        }
    }
}
