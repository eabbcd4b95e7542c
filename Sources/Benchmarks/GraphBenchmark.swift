import ArgumentParser
import Foundation
import SecureAggregation

/// The neighbour graphs and committees that the default failure probability asks for.
struct GraphBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Neighbour graph and committee, by cohort size and assumed shares.")

    func run() throws {
        print("cohort   corrupt  lost   degree  threshold  window  committee  quorum")
        for (corrupt, lost) in [(0.05, 0.1), (0.05, 0.3), (0.2, 0.2)] {
            for cohort in [50, 100, 1000, 10_000, 100_000] {
                let graph = try GraphSecurity.choose(
                    cohortSize: cohort, corruptShare: corrupt, dropoutShare: lost)
                let committee = try CommitteeSecurity.choose(
                    cohortSize: cohort, corruptShare: corrupt, dropoutShare: lost)
                print(
                    String(
                        format: "%6d   %6.2f  %5.2f  %6d  %9d  %6d  %9d  %6d", cohort, corrupt,
                        lost,
                        graph.degree, graph.threshold, graph.leastInWindow, committee.size,
                        committee.quorum))
            }
        }
    }
}
