import ArgumentParser
import DifferentialPrivacy
import Foundation

extension Budget {
    /// What a plan means, for each relation and each adversary.
    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain",
            abstract: "What each neighbouring relation and each adversary means for a plan.",
            discussion: """
                Examples:
                  covey budget explain --noise 1.1 --sampling 0.01 --rounds 1000
                  covey budget explain --noise 1.1 --sample 60 --population 6000 --rounds 1000
                """)

        @OptionGroup var options: PlanOptions

        @Option(
            help: ArgumentHelp(
                "The probability with which the bounds may fail. Default: the scenario's or ledger's, "
                    + "else 1e-6.", valueName: "number"))
        var delta: Double?

        @Flag(help: "Print JSON.")
        var json = false

        struct Row: Encodable {
            let neighbouring: NeighbouringRelation
            let adversary: String
            let epsilon: EpsilonBounds?
            let bestGuess: Double?
            let meaning: String
        }

        func run() throws {
            try reporting {
                let plan = try options.plan()
                var rows: [Row] = []
                for relation in [
                    NeighbouringRelation.addOrRemoveOne, .zeroOutOne, .replaceOne,
                ] {
                    rows.append(row("observers", plan.event, plan, relation))
                    if let event = plan.coordinatorEvent, event != plan.event {
                        rows.append(row("coordinator", event, plan, relation))
                    }
                }
                print(json ? try jsonText(rows) : text(plan, rows))
            }
        }

        private func row(
            _ adversary: String, _ event: PrivacyEvent, _ plan: BudgetPlan,
            _ relation: NeighbouringRelation
        ) -> Row {
            do {
                let accountant = try plan.accountant(event, under: relation)
                let epsilon = try accountant.epsilon(delta: delta ?? plan.delta)
                return Row(
                    neighbouring: relation, adversary: adversary, epsilon: epsilon,
                    bestGuess: try accountant.bestGuess(), meaning: epsilon.reason ?? "")
            } catch {
                return Row(
                    neighbouring: relation, adversary: adversary, epsilon: nil, bestGuess: nil,
                    meaning: "\(error)")
            }
        }

        private func text(_ plan: BudgetPlan, _ rows: [Row]) -> String {
            var table = TextTable(header: ["protects", "against", "epsilon", "right guesses"])
            table.rows = rows.map { row in
                [
                    row.neighbouring.rawValue, row.adversary,
                    row.epsilon.map { BudgetAnswer.number($0.upper) } ?? "-",
                    row.bestGuess.map { "\(Int(min(100, ($0 * 100).rounded(.up)))) in 100" } ?? "-",
                ]
            }
            var notes = [
                "addition or removal: your data is there or not. Holds where nothing else changes with",
                "  you: devices flip their own coins, and the noise does not depend on who takes part.",
                "zero-out: you take part or not as before, but your contribution is blank. The relation",
                "  for a cohort of fixed size and for noise that the devices add themselves.",
                "replacement: your data is exchanged for anybody else's; a sum moves twice as far.",
                "observers see the results of all rounds, not who took part: sampling hides you in them.",
                "coordinator: picks or learns who takes part; no credit for sampling, and the figure is",
                "  for a user in all rounds.",
            ]
            if options.colluding > 0 {
                notes.append(
                    "The noise of \(options.colluding * 100) % of the devices is not counted: it is known "
                        + "to them.")
            }
            notes += rows.filter { $0.epsilon == nil || !$0.meaning.isEmpty }.map {
                "\($0.neighbouring.rawValue), \($0.adversary): \($0.meaning)"
            }
            return [plan.name + ", delta \(delta ?? plan.delta)", "", table.text, ""].joined(
                separator: "\n")
                + "\n" + notes.joined(separator: "\n")
        }
    }
}
