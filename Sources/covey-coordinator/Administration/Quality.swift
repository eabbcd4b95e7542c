import ArgumentParser
import FederatedProtocol
import Foundation
import SwiftProtobuf

/// `covey-coordinator quality`
struct Quality: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Record how good models are, as measured elsewhere.", subcommands: [Report.self])

    /// Records a figure.
    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record a figure for a task's model; the pages show it.",
            discussion: """
                EXAMPLES
                  covey-coordinator quality report films --queries-done 10 --metric HR@10 --value 0.62
                """)

        @Argument(help: "The task's name.")
        var task: String

        @Option(help: "The queries that had been answered when it was measured.")
        var queriesDone: UInt32

        @Option(help: "What was measured.")
        var metric: String

        @Option(help: "The figure.")
        var value: Double

        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await reporting {
                var request = Covey_V1_ReportQualityRequest()
                request.task = task
                request.queriesDone = queriesDone
                request.metric = metric
                request.value = value
                let response: Covey_V1_ReportQualityResponse = try await client.makeClient().call(
                    .administration, "ReportQuality", request)
                print(client.json ? try response.jsonString() : "\(task): \(metric) = \(value)")
            }
        }
    }
}
