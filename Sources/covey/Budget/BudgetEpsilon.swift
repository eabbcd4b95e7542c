import ArgumentParser
import DifferentialPrivacy
import Foundation
import PrivacyLedger
import Simulation

extension Budget {
    /// What a plan costs.
    struct Epsilon: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "epsilon",
            abstract: "What a plan costs: epsilon, with bounds from both sides.",
            discussion: """
                Examples:
                  covey budget epsilon --noise 1.1 --sampling 0.01 --rounds 1000 --delta 1e-6
                  covey budget epsilon --phase 0.01,1,500 --phase 0.02,1.5,500 --json
                  covey budget epsilon --noise 1.2 --sample 100 --population 5000 \\
                      --rounds 200 --neighbouring replace-one
                  covey budget epsilon --scenario my.yaml --plot budget.html
                  covey budget epsilon --ledger runs/quickstart/ledger.covey
                """)

        @OptionGroup var options: PlanOptions

        @Option(
            help: ArgumentHelp(
                "The probability with which the bound may fail. Default: the scenario's or ledger's, "
                    + "else 1e-6.", valueName: "number"))
        var delta: Double?

        @Flag(help: "Print JSON.")
        var json = false

        @Option(help: ArgumentHelp("Write a page with charts.", valueName: "file.html"))
        var plot: String?

        func run() throws {
            try reporting {
                let plan = try options.plan()
                let answer = try BudgetAnswer(plan, delta: delta ?? plan.delta)
                print(json ? try jsonText(answer) : answer.text)
                if let plot {
                    try BudgetCurves(plan: plan, answer: answer).write(to: plot)
                    FileHandle.standardError.write(Data("covey: wrote \(plot)\n".utf8))
                }
            }
        }
    }
}

/// What a plan costs, for people and for scripts.
struct BudgetAnswer: Encodable {
    let plan: String
    let neighbouring: NeighbouringRelation
    let rounds: Int
    let delta: Double
    let epsilon: EpsilonBounds
    /// The quick check.
    let renyiEpsilon: Double
    /// The largest share of right guesses of an attacker.
    let bestGuess: Double
    /// Against the one who runs the rounds and picks who takes part.
    let coordinator: EpsilonBounds?
    /// What a ledger says was spent against the coordinator.
    let recorded: Double?

    init(_ plan: BudgetPlan, delta: Double) throws {
        let accountant = try plan.accountant()
        self.plan = plan.name
        self.delta = delta
        neighbouring = plan.neighbouring
        rounds = plan.rounds
        epsilon = try accountant.epsilon(delta: delta)
        renyiEpsilon = try accountant.renyiEpsilon(delta: delta)
        bestGuess = try accountant.bestGuess()
        coordinator = try plan.coordinatorEvent.flatMap { event in
            event == plan.event ? nil : try plan.accountant(event).epsilon(delta: delta)
        }
        recorded = plan.recorded?.epsilonCoordinator
    }

    var text: String {
        var lines = [
            plan, "",
            "epsilon         \(Self.number(epsilon.upper)) at delta \(delta), under \(neighbouring.rawValue)",
        ]
        if let reason = epsilon.reason, !epsilon.upper.isFinite {
            lines.append("                \(reason)")
        }
        if epsilon.upper.isFinite {
            lines.append(
                "certain         no less than \(Self.number(epsilon.lower, .down)) (\(epsilon.accountant.rawValue), "
                    + "relative width \(String(format: "%.0e", epsilon.relativeWidth)))")
        }
        lines.append("quick check     \(Self.number(renyiEpsilon)) from Rényi divergences")
        if let coordinator {
            lines.append(
                "coordinator     \(Self.number(coordinator.upper)) against whoever picks the users of a "
                    + "round, in all rounds")
        }
        if let recorded {
            lines.append(
                "in the ledger   \(Self.number(recorded)) against the coordinator")
        }
        lines.append("")
        lines.append(Self.inWords(bestGuess))
        return lines.joined(separator: "\n")
    }

    /// Eight digits, rounded up: a bound remains one.
    static func number(_ value: Double, _ rule: FloatingPointRoundingRule = .up) -> String {
        guard value.isFinite else { return "infinite" }
        guard value > 0 else { return "0" }
        let scale = pow(10, 7 - log10(value).rounded(.down))
        let rounded = scale.isFinite ? (value * scale).rounded(rule) / scale : value
        return String(format: "%.8g", rounded)
    }

    /// A share of right guesses as a product manager reads it.
    static func inWords(_ guess: Double) -> String {
        let percent = min(100, (guess * 100).rounded(.up))
        return
            "An attacker who knows everything else guesses whether your data was used right at most "
            + "\(Int(percent)) times in 100; without the results it would be 50."
    }
}
