import ArgumentParser
import FederatedProtocol
import Foundation
import Recommender
import Simulation

/// `covey report`: several runs side by side.
struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare runs: their quality, what it cost, and the settings that differ.",
        discussion: """
            EXAMPLES
              covey report runs/epsilon-1 runs/epsilon-2 runs/epsilon-4
              covey report runs/* --html comparison.html --csv rounds.csv
              covey report runs/* --json
            """)

    @Argument(help: "The folders of runs.", completion: .directory)
    var runs: [String]

    @Option(
        help: ArgumentHelp("Write a page with charts and tables.", valueName: "file"))
    var html: String?

    @Option(
        help: ArgumentHelp("Write a line for each round of each run.", valueName: "file"))
    var csv: String?

    @Flag(help: "Print the results with their scenarios as JSON instead of tables.")
    var json = false

    func run() throws {
        try reporting {
            let comparison = try RunComparison(paths: runs)
            if let html { try Self.write(comparison.html, to: html) }
            if let csv { try Self.write(comparison.csv, to: csv) }
            guard !json else {
                return print(String(decoding: try comparison.json, as: UTF8.self))
            }
            print(Self.text(of: comparison))
        }
    }

    /// The runs in a table, and in another the settings that differ.
    static func text(of comparison: RunComparison) -> String {
        let runs = table(of: comparison.runs).text
        guard !comparison.differences.isEmpty else { return runs }
        let (header, rows) = comparison.differenceTable
        return runs + "\n\nsettings that differ\n" + TextTable(header: header, rows: rows).text
    }

    static func write(_ text: String, to path: String) throws {
        do { try Data(text.utf8).write(to: URL(filePath: path), options: .atomic) } catch {
            throw BudgetError.invalid("\(path) cannot be written; choose another place")
        }
    }

    private static func table(of runs: [RunRecord]) -> TextTable {
        var table = TextTable(header: [
            "run", "rounds", "epsilon", "HR", "NDCG", "full HR", "full NDCG", "up", "CPU s",
        ])
        table.rows = runs.map { run in
            let (result, quality) = (run.result, run.result.quality.private)
            return [
                run.name, "\(result.rounds.done)/\(result.rounds.planned)",
                TextTable.number(result.epsilon.coordinator, 3),
                TextTable.number(quality?.sampled.hitRate, 3),
                TextTable.number(quality?.sampled.ndcg, 3),
                TextTable.number(quality?.full.hitRate, 3),
                TextTable.number(quality?.full.ndcg, 3),
                TextTable.bytes(result.bytesPerDevice.up),
                TextTable.number(result.training.cpuSeconds, 1),
            ]
        }
        return table
    }
}
