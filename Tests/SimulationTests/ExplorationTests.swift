import Foundation
import Recommender
import Simulation
import Testing

struct ExplorationTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    @Test func `estimates from a log agree with the truth, within what chance makes of them`()
        async throws
    {
        let scenario = try Scenario(
            yaml: "data: {users: 400, items: 80, meanHistoryLength: 20}", source: "test")
        let simulation = try Simulation(scenario: scenario)
        _ = try await simulation.run(in: folder.path)
        let model = try PublishedModel(path: folder.path + "/model.covey", trusting: nil)
        let names = ["best", "epsilon-greedy:0.2", "plackett-luce:0.5", "plackett-luce:1"]
        let logging = try #require(NamedPolicy("plackett-luce:1"))
        let result = try await simulation.explore(
            with: model, logging: logging, targets: names.compactMap(NamedPolicy.init), lists: 50,
            candidates: 10)
        #expect(result.policies.map(\.policy) == names && result.lists == result.people * 50)
        #expect(result.policies[0].truth > result.policies[3].truth)
        for policy in result.policies {
            for estimate in [
                policy.inversePropensity, policy.selfNormalized, policy.doublyRobust,
            ] {
                // Five standard errors, which the draws of one person share a little of.
                #expect(
                    abs(estimate.value - policy.truth) < 5 * estimate.standardError + 1e-9,
                    "\(policy)")
            }
            #expect(policy.effectiveCount <= Double(result.lists) + 1e-6)
        }
        // Its own log tells of a policy what its lists came to, each worth one.
        #expect(abs(result.policies[3].effectiveCount - Double(result.lists)) < 1e-6)
        let again = try await simulation.explore(
            with: model, logging: logging, targets: [logging], lists: 50, candidates: 10)
        #expect(again.policies[0].inversePropensity == result.policies[3].inversePropensity)
    }

    @Test func `a model of other items is refused`() async throws {
        let small = try Simulation(
            scenario: Scenario(
                yaml: "data: {users: 60, items: 40}\nalgorithm: {dimensions: 4}", source: "test"))
        _ = try await small.run(in: folder.path)
        let model = try PublishedModel(path: folder.path + "/model.covey", trusting: nil)
        let other = try Simulation(
            scenario: Scenario(yaml: "data: {users: 60, items: 60}", source: "test"))
        let best = try #require(NamedPolicy("best"))
        await #expect(throws: SimulationError.otherCatalogue) {
            try await other.explore(
                with: model, logging: best, targets: [best], lists: 1, candidates: 5)
        }
    }

    @Test(arguments: [
        "", "worst", "best:1", "epsilon-greedy", "epsilon-greedy:2", "plackett-luce:x",
        "plackett-luce:-1", "epsilon-greedy:0.1:2",
    ])
    func `what is no policy has no name`(name: String) { #expect(NamedPolicy(name) == nil) }
}
