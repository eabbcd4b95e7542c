import ArgumentParser
import CommandLineProgram
import DifferentialPrivacy
import Foundation
import PrivacyAudit
import Simulation

extension Audit {
    /// Attacks a training.
    struct Attack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "attack",
            abstract: "Measure what a training gives away, beside what is accounted for.",
            discussion: """
                Trains as 'covey simulate' does, with canaries among the devices, and tries to tell \
                from what is released which of them took part. What an attack reaches is a lower \
                bound on epsilon, at the confidence and under the assumption stated. Ends with \
                status 1 if a bound exceeds what is accounted for. Each attack trains once; all \
                three take a minute or two on the quickstart, seconds with statistical aggregation.

                Examples:
                  covey audit attack --canaries 1000
                  covey audit attack simulations/movielens-1m.yaml --set data.source=data/ml-1m \\
                      --method canaries --html attack.html
                  covey audit attack --set privacy.epsilon=8 --set aggregation=statistical --json
                """)

        @Argument(
            help: "The scenario file (YAML). Without it, the built-in quickstart.",
            completion: .file(extensions: ["yaml", "yml"]))
        var scenario: String?

        @Option(help: "The number of made-up devices, at least 100.")
        var canaries = 1000

        @Option(
            help: ArgumentHelp(
                "canaries, one-shot or membership; may be repeated. Default: all.",
                valueName: "name"))
        var method: [String] = []

        @Option(help: "The confidence of each bound, such as 0.95.")
        var confidence = 0.95

        @Option(
            name: .customLong("set"),
            help: ArgumentHelp(
                "Override a key of the scenario; may be repeated.", valueName: "key=value"))
        var overrides: [String] = []

        @Flag(help: "Print JSON.")
        var json = false

        @Option(
            help: ArgumentHelp(
                "Write a page with the figures and the attacker's curve.", valueName: "file.html"))
        var html: String?

        func validate() throws {
            guard canaries >= 100, canaries <= 1_000_000 else {
                throw ValidationError("--canaries must be from 100 to 1,000,000.")
            }
            for name in method where AttackResult.Method(rawValue: name) == nil {
                throw ValidationError(
                    "--method \(name): expected canaries, one-shot or membership.")
            }
            guard confidence > 0, confidence < 1 else {
                throw ValidationError("--confidence must be above 0 and below 1.")
            }
        }

        func run() async throws {
            let interruption = Interruption()
            let progress = ProgressDisplay()
            let source = InterruptSignal(
                raising: interruption,
                saying: "covey: stopping after this step; press Ctrl-C again to stop at once")
            defer { source.cancel() }
            do {
                let simulation = try Simulation(
                    scenario: try Scenario(argument: scenario, overrides: overrides),
                    interruption: interruption,
                    observer: progress.show)
                var results: [AttackResult] = []
                if let html { try AuditFile.checkWritable(html) }
                let chosen = AttackResult.Method.allCases.filter {
                    method.isEmpty || method.contains($0.rawValue)
                }
                for method in chosen {
                    results.append(
                        try await simulation.attack(
                            method, canaries: canaries, confidence: confidence))
                }
                progress.clear()
                let answer = AttackAnswer(results: results)
                print(json ? try jsonText(results) : answer.text)
                if let html {
                    let page = AttackReport(results: results).render()
                    do { try Data(page.utf8).write(to: URL(filePath: html)) } catch {
                        throw BudgetError.invalid("\(html) cannot be written; choose another place")
                    }
                }
                if answer.isViolated { throw ExitCode(1) }
            } catch let code as ExitCode {
                throw code
            } catch is Interrupted {
                progress.clear()
                throw ExitCode(130)
            } catch {
                progress.clear()
                FileHandle.standardError.write(Data("covey: \(error)\n".utf8))
                throw ExitCode(2)
            }
        }
    }
}

/// Results of attacks as a person reads them.
struct AttackAnswer {
    let results: [AttackResult]

    var isViolated: Bool { results.contains { $0.verdict == .violated } }

    var text: String {
        let parts = results.map { result in
            var table = TextTable(header: ["bound", "epsilon at least"])
            for bound in result.bounds {
                table.rows.append([bound.method.rawValue, Self.number(bound.epsilon)])
            }
            if let estimate = result.estimate {
                table.rows.append(["estimate, no bound", Self.number(estimate)])
            }
            let notes = result.bounds.compactMap { bound in
                (bound.objection ?? bound.assumption).map { "\(bound.method.rawValue): \($0)" }
            }
            let area = result.areaUnderCurve.map {
                "\narea under the attacker's curve: \(TextTable.number($0, 3)) (0.5 is guessing)"
            }
            let accounted = result.accounted
            return """
                \(result.method.rawValue): \(result.canaries) canaries, \(result.aggregation) \
                aggregation, against the \(result.adversary)
                accounted: epsilon \(Self.number(accounted.upper)) at delta \
                \(result.bounds.first?.delta ?? .nan) (\(Self.number(accounted.lower)) at least)

                \(table.text)
                each at \(TextTable.number(100 * (result.bounds.first?.confidence ?? 0), 1)) % \
                confidence by itself\(area ?? "")
                \(notes.joined(separator: "\n"))

                verdict: \(Self.words(result))
                """
        }
        return parts.joined(separator: "\n\n")
    }

    private static func words(_ result: AttackResult) -> String {
        switch result.verdict {
        case .consistent:
            "consistent: at 99.9 % confidence, no bound exceeds what was accounted for"
        case .violated:
            "VIOLATED: at 99.9 % confidence, a bound exceeds what was accounted for; "
                + "the mechanism, its accounting or the bound's assumption is wrong"
        }
    }

    private static func number(_ value: Double) -> String {
        value.isFinite ? TextTable.number(value, 3) : "infinite"
    }
}
