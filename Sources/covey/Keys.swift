import ArgumentParser
import Foundation
import Simulation

/// `covey keys`: the reference of scenarios, from what reads them.
struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the keys of a scenario, with their values and what they may be.",
        discussion: """
            Which keys there are depends on others: those of an algorithm or a network are listed once \
            it is chosen. Without a scenario, values are the defaults.

            EXAMPLES
              covey keys
              covey keys --set algorithm.name=network --set algorithm.network=two-tower
              covey keys simulations/sasrec.yaml --section algorithm
            """)

    @Argument(
        help: "The scenario file (YAML). Without it, defaults.",
        completion: .file(extensions: ["yaml", "yml"]))
    var scenario: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Override a key of the scenario; may be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    @Option(help: "Only the keys of a section: data, algorithm, central, privacy, cohort, …")
    var section: String?

    @Flag(help: "Print a JSON array of names, values and what is expected.")
    var json = false

    func run() throws {
        try reporting {
            let scenario =
                try scenario.map { try Scenario(path: $0, overrides: overrides) }
                ?? Scenario(yaml: "", source: "defaults", overrides: overrides)
            let keys = scenario.keys.filter { key in
                section.map { key.name.hasPrefix($0 + ".") } ?? true
            }
            guard !keys.isEmpty else {
                let sections = scenario.keys.filter { $0.name.contains(".") }
                    .compactMap { $0.name.split(separator: ".").first }
                throw ValidationError(
                    "no key is of section \(section ?? ""); there are "
                        + Set(sections.map(String.init)).sorted().joined(separator: ", "))
            }
            guard !json else { return print(try jsonText(keys)) }
            let widths = (
                keys.map(\.name.count).max() ?? 0, keys.map(\.value.count).max() ?? 0
            )
            for key in keys {
                print(
                    key.name.padding(toLength: widths.0, withPad: " ", startingAt: 0),
                    key.value.padding(toLength: widths.1, withPad: " ", startingAt: 0),
                    key.expected, separator: "  ")
            }
        }
    }
}
