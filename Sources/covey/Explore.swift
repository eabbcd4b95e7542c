import ArgumentParser
import CommandLineProgram
import Foundation
import Recommender
import Simulation

/// `covey explore`: what lists with chance in them cost, and tell of other policies.
struct Explore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulate exploration, and estimate other policies from its log.",
        discussion: """
            Everybody of the run's data is shown lists by the run's model, of which a policy draws the \
            first place and logs the chance that it had. A list is a success if the item is what the \
            person went for next. From the log, every --policy is estimated by inverse propensities \
            (IPS), self-normalised (SNIPS) and doubly robust (DR), and set beside the truth.

            Policies: best; epsilon-greedy:E, the best but for a share E; plackett-luce:T, in \
            proportion to exp(score / T spreads).

            EXAMPLES
              covey explore runs/quickstart
              covey explore runs/quickstart --logging plackett-luce:1 --policy best --policy \
                plackett-luce:0.3 --lists 100 --json
            """)

    @Argument(
        help: ArgumentHelp("The folder of a finished run.", valueName: "run"),
        completion: .directory)
    var run: String

    @Option(help: "The policy that is followed and logged.", transform: Self.policy)
    var logging = Self.standardLogging

    @Option(
        name: .customLong("policy"),
        help: "A policy to be estimated; may be repeated. Without any: best and some others.",
        transform: Self.policy)
    var policies: [NamedPolicy] = []

    @Option(help: "How many lists everybody is shown.")
    var lists = 20

    @Option(help: "How many items a policy chooses among, the best of the model.")
    var candidates = 50

    @Flag(help: "Print one JSON object with the result instead of the table.")
    var json = false

    private static let standardLogging = named("plackett-luce:0.5")

    private static func named(_ name: String) -> NamedPolicy {
        guard let policy = NamedPolicy(name) else { preconditionFailure("\(name) is a policy") }
        return policy
    }

    private static func policy(_ name: String) throws -> NamedPolicy {
        guard let policy = NamedPolicy(name) else {
            throw ValidationError(
                "'\(name)' is no policy; give best, epsilon-greedy:E with E from 0 to 1, or "
                    + "plackett-luce:T with T from 0 to 1000")
        }
        return policy
    }

    func validate() throws {
        guard (1...10_000).contains(lists) else {
            throw ValidationError("--lists is \(lists); give 1 to 10,000")
        }
        guard (1...10_000).contains(candidates) else {
            throw ValidationError("--candidates is \(candidates); give 1 to 10,000")
        }
    }

    func run() async throws {
        try await reporting {
            let simulation = try Simulation(scenario: try Scenario(path: run + "/scenario.yaml"))
            let targets =
                policies.isEmpty
                ? ["best", "epsilon-greedy:0.1", "plackett-luce:0.2", "plackett-luce:1"].map(
                    Self.named) : policies
            let result = try await simulation.explore(
                with: try PublishedModel(path: run + "/model.covey", trusting: nil),
                logging: logging, targets: targets, lists: lists, candidates: candidates)
            print(try json ? jsonText(result) : Self.table(result))
        }
    }

    private static func table(_ result: ExplorationResult) -> String {
        var table = TextTable(
            header: ["policy", "truth", "IPS", "SNIPS", "DR", "by rank alone", "worth lists"])
        func text(_ estimate: OffPolicyEvaluation.Estimate) -> String {
            "\(TextTable.number(estimate.value, 4)) ± \(TextTable.number(estimate.standardError, 4))"
        }
        table.rows = result.policies.map { policy in
            [
                policy.policy, TextTable.number(policy.truth, 4), text(policy.inversePropensity),
                text(policy.selfNormalized), text(policy.doublyRobust), text(policy.direct),
                TextTable.number(policy.effectiveCount, 0),
            ]
        }
        return """
            \(result.model): \(result.lists) lists of \(result.logging) to \(result.people) people; \
            the share of first places that were gone for next

            \(table.text)

            ± is one standard error. A policy is worth as many lists of its own as the last column says.
            """
    }
}
