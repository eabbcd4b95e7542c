import ArgumentParser
import Foundation
import SecureAggregation

/// The neighbour graphs that the default failure probability asks for.
struct GraphBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Degree and threshold of the neighbour graph, by cohort size and assumed shares.")

    func run() throws {
        print("cohort   corrupt  lost   degree  threshold")
        for (corrupt, lost) in [(0.05, 0.1), (0.05, 0.3), (0.2, 0.2)] {
            for cohort in [50, 100, 1000, 10_000, 100_000] {
                let graph = try GraphSecurity.choose(
                    cohortSize: cohort, corruptShare: corrupt, dropoutShare: lost)
                print(
                    String(
                        format: "%6d   %6.2f  %5.2f  %6d  %9d", cohort, corrupt, lost, graph.degree,
                        graph.threshold))
            }
        }
    }
}
