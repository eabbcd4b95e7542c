import Foundation
import Simulation
import Testing

/// Runs side by side, from their folders.
struct RunComparisonTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func run(_ name: String, _ overrides: [String]) async throws -> SimulationResult {
        let scenario = try Scenario(
            yaml: "", source: "test",
            overrides: [
                "name=\(name)", "data.users=80", "data.items=60", "data.meanHistoryLength=20",
                "algorithm.name=federated-averaging", "algorithm.rounds=4",
                "algorithm.dimensions=8", "evaluation.every=2", "evaluation.withoutPrivacy=false",
                "cohort.toleratedDropout=0.4",
            ] + overrides)
        return try await Simulation(scenario: scenario).run(in: path(name))
    }

    @Test func `runs are compared by quality, cost and settings`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let results = [
            try await run("a,b", ["privacy.epsilon=2"]),
            try await run("<c>", ["privacy.epsilon=20", "algorithm.rounds=3"]),
        ]
        let comparison = try RunComparison(paths: results.map(\.output))
        #expect(comparison.runs.map(\.name) == ["a,b", "<c>"])
        let differences = comparison.differences
        #expect(differences.map(\.key) == ["algorithm.rounds", "privacy.epsilon"])
        #expect(differences.last?.values == ["2.0", "20.0"])

        let lines = comparison.csv.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count == 1 + 4 + 3 + 1 && lines.last == "")
        #expect(lines[1].hasPrefix("\"a,b\",1,model change,80,") && lines[1].hasSuffix(",,,,"))
        #expect(!lines[2].hasSuffix(","))

        struct Entry: Decodable {
            let name: String
            let result: SimulationResult
            let scenario: [String: String]
        }
        let entries = try JSONDecoder().decode([Entry].self, from: comparison.json)
        #expect(entries.map(\.result.modelHash) == results.map(\.modelHash))
        #expect(entries[1].scenario["algorithm.rounds"] == "3")

        let document = try ParsedMarkup(comparison.html)
        #expect(document.counts["svg[role=img]"] == 4 && document.counts["desc"] == 4)
        #expect(document.text.contains("algorithm.rounds") && document.text.contains("<c>"))
        #expect(document.texts(of: "desc").allSatisfy { $0.count > 20 })
        #expect(Set(document.ids).count == document.ids.count)
        for mark in ["http:", "https:", "<script", "url(", "src="] {
            #expect(!comparison.html.contains(mark), "\(mark)")
        }
    }

    @Test func `runs of one name are told apart, and the same settings differ in nothing`()
        async throws
    {
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try await run("one", [])
        try FileManager.default.createDirectory(
            atPath: path("other"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: result.output, toPath: path("other/one"))
        let comparison = try RunComparison(paths: [path("one"), path("other/one") + "/"])
        #expect(comparison.runs.map(\.name) == [path("one"), path("other/one") + "/"])
        #expect(comparison.differences.isEmpty)
        #expect(comparison.html.contains("None: all runs had the same scenario."))
    }

    @Test(arguments: ["result.json", "metrics.jsonl", "scenario.yaml"])
    func `a folder that is no run, or a damaged one, is named`(file: String) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try await run("one", [])
        try Data("{".utf8).write(to: URL(filePath: result.output + "/" + file))
        for path in [result.output, path("missing")] {
            do {
                _ = try RunComparison(paths: [path])
                Issue.record("taken")
            } catch SimulationError.notARun(let found, let reason) {
                #expect(found == path && !reason.isEmpty)
            }
        }
    }
}
