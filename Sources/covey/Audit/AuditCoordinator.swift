import ArgumentParser
import CommandLineProgram
import Foundation
import Simulation

extension Audit {
    /// Lies to devices as a coordinator might, and tells what they did.
    struct Coordinator: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "coordinator",
            abstract: "Lie to devices as a coordinator might, and see what they refuse.",
            discussion: """
                Every lie is told to the devices of a small cohort in the real protocol, up to the point \
                at which they refuse or the liar has what it wants: forged keys, split cohorts, replayed \
                rounds, missing noise, invited devices of its own. The last two show what the stated \
                share of colluding devices means.

                Examples:
                  covey audit coordinator
                  covey audit coordinator --json
                """)

        @Option(help: "What keys, vectors and noise derive from.")
        var seed: UInt64 = 1

        @Flag(help: "Print JSON instead of a table.")
        var json = false

        func run() throws {
            let results = try CoordinatorAttacks(seed: seed).results()
            if json { return print(try jsonText(results)) }
            var table = TextTable(header: ["lie", "refused", "outcome", "why"])
            table.rows = results.map {
                [
                    $0.attack.rawValue, "\($0.refused) of \($0.asked)", $0.outcome.rawValue,
                    $0.reasons.first?.error ?? $0.finding,
                ]
            }
            print(table.text)
            print("\nWhat the lies are:")
            for result in results { print("  \(result.attack.rawValue): \(result.lie)") }
        }
    }
}
