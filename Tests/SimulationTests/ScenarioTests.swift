import Foundation
import Simulation
import Testing

@Suite struct ScenarioTests {
    private func error(_ yaml: String, _ overrides: [String] = []) -> ScenarioError? {
        do {
            _ = try Scenario(yaml: yaml, source: "a.yaml", overrides: overrides)
            return nil
        } catch { return error as? ScenarioError }
    }

    @Test func `an unknown key is rejected with its line and the nearest name`() {
        #expect(
            error("name: x\nprivacy:\n  epsilom: 2\n")
                == .unknownKey(
                    "privacy.epsilom", source: "a.yaml, line 3", nearest: "privacy.epsilon"))
        #expect(
            error("", ["privacy.epsilon2=1"])
                == .unknownKey(
                    "privacy.epsilon2", source: "--set privacy.epsilon2=1",
                    nearest: "privacy.epsilon"))
    }

    @Test func `a value outside its range is rejected with what is allowed`() {
        #expect(
            error("privacy:\n  epsilon: none\n")
                == .badValue(
                    key: "privacy.epsilon", value: "none", expected: "a number from 0.001 to 100.0",
                    source: "a.yaml, line 2"))
        for yaml in [
            "privacy:\n  epsilon: nan", "privacy:\n  delta: 1", "aggregation: fast",
            "threads: -1", "faults:\n  dropout: 1.5", "evaluation:\n  withoutPrivacy: perhaps",
        ] {
            guard case .badValue = error(yaml) else {
                Issue.record("accepted: \(yaml)")
                continue
            }
        }
    }

    @Test func `what is not a mapping of values is rejected`() {
        for yaml in ["- a\n- b", "privacy: [1, 2]", "name: {a: {b: [1]}}", "a: b: c", "\"", "just"]
        {
            #expect(error(yaml) != nil, "\(yaml)")
        }
        guard case .malformed = error("", ["epsilon"]) else {
            Issue.record("an override without '=' was accepted")
            return
        }
    }

    @Test func `a resolved scenario reads back as itself`() throws {
        for (yaml, overrides) in [
            (Scenario.quickstartYAML, []), ("", ["algorithm.name=federated-averaging"]),
            ("", ["data.split=random", "cohort.selection=coins", "name='a: b # c'"]),
            ("", ["data.source=/some/where", "algorithm.window=7", "cohort.selection=rotation"]),
        ] {
            let scenario = try Scenario(yaml: yaml, source: "test", overrides: overrides)
            let again = try Scenario(yaml: scenario.resolvedYAML, source: "resolved")
            #expect(again.resolvedYAML == scenario.resolvedYAML)
        }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "simulations")

    @Test func `every scenario that comes with the package is valid`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
            .filter { $0.hasSuffix(".yaml") }
        #expect(files.count >= 4)
        for file in files { _ = try Scenario(path: Self.folder.appending(path: file).path) }
    }

    @Test func `the built-in scenario is the quickstart file`() throws {
        let file = try Scenario(path: Self.folder.appending(path: "quickstart.yaml").path)
        let builtIn = try Scenario(yaml: Scenario.quickstartYAML, source: "built in")
        #expect(file.resolvedYAML == builtIn.resolvedYAML)
    }

    @Test func `a missing file is named`() {
        #expect(throws: ScenarioError.unreadable(path: "/no/such.yaml")) {
            try Scenario(path: "/no/such.yaml")
        }
    }
}
