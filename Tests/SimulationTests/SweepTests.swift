import Foundation
import PrivacyLedger
import Recommender
import Synchronization
import Testing

@testable import Simulation

/// Many runs of one scenario.
struct SweepTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    private static let shared = """
        set:
          data.users: 80
          data.items: 60
          data.meanHistoryLength: 20
          algorithm.name: federated-averaging
          algorithm.dimensions: 8
          evaluation.withoutPrivacy: false
          cohort.toleratedDropout: 0.4

        """

    private func sweep(_ yaml: String) throws -> Sweep {
        try Sweep(yaml: yaml, source: "test", folder: folder)
    }

    @Test func `a grid has every combination, and draws follow their seed`() throws {
        let grid = try sweep("grid: {privacy.epsilon: [1, 2], seed: [1, 2, 3]}")
        #expect(
            grid.points.map(\.name) == [
                "epsilon=1,seed=1", "epsilon=1,seed=2", "epsilon=1,seed=3", "epsilon=2,seed=1",
                "epsilon=2,seed=2", "epsilon=2,seed=3",
            ])
        let text = """
            random:
              privacy.epsilon: {from: 0.5, to: 8, scale: log}
              algorithm.keptItems: {from: 10, to: 20, scale: whole}
              algorithm.variant: [full, subspace]
            samples: 60
            """
        let drawn = try sweep(text)
        let (again, other) = (try sweep(text), try sweep(text + "\nseed: 2"))
        #expect(drawn.points.count == 60 && drawn.points == again.points)
        #expect(drawn.points != other.points)
        let epsilons = drawn.points.compactMap { Double($0.settings[0].value) }
        #expect(epsilons.allSatisfy { $0 >= 0.5 && $0 <= 8 })
        // Half of them are under the geometric mean, 2; binomial with a deviation of 3.9.
        #expect(abs(epsilons.count { $0 < 2 } - 30) < 16)
        #expect(Set(drawn.points.map(\.settings[2].value)) == ["full", "subspace"])
        for point in drawn.points { _ = try drawn.scenario(of: point, threads: 1) }
        let both = try sweep(
            "grid: {seed: [1, 2]}\nrandom: {privacy.epsilon: [1, 2, 3, 4]}\nsamples: 1")
        #expect(both.points.count == 2)
    }

    @Test func `all points run once, and the same sweep finds them there`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let sweep = try sweep(
            Self.shared + "grid: {privacy.epsilon: [2, 20], algorithm.rounds: [2, 3]}")
        let fresh = Mutex(0)
        func run(_ lanes: Int) async throws -> [RunRecord] {
            try await sweep.run(in: folder.path, lanes: lanes) { event in
                if case .finished(_, false, _, _) = event { fresh.withLock { $0 += 1 } }
            }
        }
        let records = try await run(2)
        #expect(records.map(\.name) == sweep.points.map(\.name))
        #expect(records.map(\.result.rounds.done) == [2, 3, 2, 3])
        #expect(records.map { $0.result.epsilon.coordinator.rounded() } == [2, 2, 20, 20])
        try FileManager.default.removeItem(atPath: folder.path + "/epsilon=20,rounds=2")
        let again = try await run(1)
        #expect(again.map(\.result.modelHash) == records.map(\.result.modelHash))
        #expect(fresh.withLock { $0 } == 5)

        let other = try self.sweep(
            Self.shared.replacing("users: 80", with: "users: 90")
                + "grid: {privacy.epsilon: [2, 20], algorithm.rounds: [2, 3]}")
        await #expect(throws: SimulationError.self) {
            try await other.run(in: folder.path, lanes: 1)
        }
    }

    @Test func `only the better ones go on in a race`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let sweep = try sweep(
            Self.shared + """
                grid: {privacy.epsilon: [0.1, 0.2, 90, 100]}
                race: {key: algorithm.rounds, values: [4, 8], keep: 0.5, by: hit-rate}
                """)
        let records = try await sweep.run(in: folder.path, lanes: 2)
        #expect(records.count == 6)
        let rates = records.prefix(4).map { $0.result.quality.private?.sampled.hitRate ?? 0 }
        let best = [0, 1, 2, 3].sorted { rates[$0] > rates[$1] }.prefix(2).sorted()
        #expect(
            records.suffix(2).map(\.name)
                == best.map { ["0.1", "0.2", "90", "100"][$0] }.map { "epsilon=\($0),rounds=8" })
    }

    @Test func `a sweep that was stopped goes on`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let sweep = try sweep(Self.shared + "grid: {seed: [1, 2, 3]}")
        let interruption = Interruption()
        await #expect(throws: Interrupted.self) {
            try await sweep.run(in: folder.path, lanes: 1, interruption: interruption) { _ in
                interruption.request()
            }
        }
        let records = try await sweep.run(in: folder.path, lanes: 1)
        #expect(records.map(\.result.status) == [.finished, .finished, .finished])
    }

    @Test(arguments: [
        ("grid: {seed: [1, 2]}\ngird: 3", "there is no 'gird' here"),
        ("grid: {seed: 1}", "takes a list of values"), ("grid: {seed: [1]}", "nothing to sweep"),
        ("random: {seed: [1, 2]}", "go together"), ("samples: 3", "go together"),
        ("random: {seed: {from: 3, to: 1}}\nsamples: 2", "'from' is less than 'to'"),
        ("random: {seed: {from: 0, to: 1, scale: log}}\nsamples: 2", "over 0 on a log scale"),
        ("random: {seed: {from: 0, to: 1, scale: lag}}\nsamples: 2", "one of linear, log, whole"),
        ("random: {seed: {from: 0, to: nan}}\nsamples: 2", "takes a number"),
        ("grid: {seed: [1, 2]}\nrace: {key: a}", "the key that is raised"),
        ("grid: {seed: [1, 2]}\nrace: {key: a, values: [1], keep: 1}", "under 1"),
        ("grid: {data.source: [a/b, a_b]}", "two runs would be called"),
        ("scenario: missing.yaml\ngrid: {seed: [1, 2]}", "no such scenario"),
        ("grid: [", "not YAML"),
        ("- 1", "takes keys with values"),
    ])
    func `what is wrong with a sweep is named`(yaml: String, reason: String) {
        do {
            _ = try sweep(yaml)
            Issue.record("taken")
        } catch { #expect("\(error)".contains(reason), "\(error)") }
    }

    @Test func `a scenario that cannot be is refused before anything runs`() async throws {
        let sweep = try sweep(Self.shared + "grid: {privacy.epsilon: [2, -1]}")
        await #expect(throws: ScenarioError.self) {
            try await sweep.run(in: folder.path, lanes: 1)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
}
