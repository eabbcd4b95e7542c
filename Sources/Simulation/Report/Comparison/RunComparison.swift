internal import FederatedProtocol
public import Foundation
internal import PrivacyLedger
internal import Recommender

/// Several runs side by side: as a page, a table of their rounds, or JSON.
public struct RunComparison: Sendable {
    /// The runs, in the order in which they were named.
    public let runs: [RunRecord]

    /// Reads the folders of runs.
    ///
    /// Folders of one name are called by their paths.
    ///
    /// - Throws: ``SimulationError/notARun(path:reason:)``.
    public init(paths: [String]) throws {
        self.init(runs: try paths.map(RunRecord.init))
    }

    /// Compares runs; those of one name are called by their paths.
    public init(runs: [RunRecord]) {
        var runs = runs
        let names = Dictionary(grouping: runs, by: \.name)
        for index in runs.indices where names[runs[index].name, default: []].count > 1 {
            runs[index].name = runs[index].path
        }
        self.runs = runs
    }

    /// The keys of scenarios whose values are not the same in all runs, but for the name, with the
    /// value of each run; nil where it has none.
    public var differences: [(key: String, values: [String?])] {
        let values = runs.map(\.settings)
        var seen: Set<String> = ["name"]
        return runs.flatMap(\.keys).map(\.name).filter { seen.insert($0).inserted }
            .map { key in (key: key, values: values.map { $0[key] }) }
            .filter { Set($0.values).count > 1 }
    }

    /// The differences as a table: a line for each run where there are fewer keys than runs, else one for
    /// each key.
    public var differenceTable: (header: [String], rows: [[String]]) {
        let differences = differences
        let names = runs.map(\.name)
        func text(_ value: String?) -> String { value ?? "-" }
        guard differences.count < runs.count else {
            return (["key"] + names, differences.map { [$0.key] + $0.values.map(text) })
        }
        return (
            ["run"] + differences.map(\.key),
            names.indices.map { run in
                [names[run]] + differences.map { text($0.values[run]) }
            }
        )
    }

    /// A line for each finished round of each run, under a header, as RFC 4180 has it.
    public var csv: String {
        let header = [
            "run", "round", "query", "invited", "in_sum", "epsilon_coordinator",
            "epsilon_observer", "noise", "bytes_up", "bytes_down", "hit_rate", "ndcg",
            "full_hit_rate", "full_ndcg",
        ]
        let lines = runs.flatMap { run in
            run.metrics.map { round -> [String] in
                let quality = round.quality
                let measures = [
                    quality?.sampled.hitRate, quality?.sampled.ndcg, quality?.full.hitRate,
                    quality?.full.ndcg,
                ]
                let survivors = round.survivors.indices.contains(2) ? "\(round.survivors[2])" : ""
                return [
                    run.name, "\(round.round + 1)", round.query, "\(round.invited)", survivors,
                    "\(round.spent.epsilonCoordinator)", "\(round.spent.epsilonObserver)",
                    "\(round.noiseStandardDeviation)", "\(round.bytesPerDevice.up)",
                    "\(round.bytesPerDevice.down)",
                ] + measures.map { $0.map { "\($0)" } ?? "" }
            }
        }
        return ([header] + lines).map { fields in
            fields.map(Self.field).joined(separator: ",") + "\r\n"
        }.joined()
    }

    private static func field(_ text: String) -> String {
        text.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
            ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }

    /// The results with their scenarios, keys in alphabetical order.
    public var json: Data {
        get throws {
            struct Entry: Encodable {
                let name: String
                let path: String
                let result: SimulationResult
                let scenario: [String: String]
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.nonConformingFloatEncodingStrategy = .convertToString(
                positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            return try encoder.encode(
                runs.map { run in
                    Entry(
                        name: run.name, path: run.path, result: run.result,
                        scenario: run.settings)
                })
        }
    }
}
