import ArgumentParser
import FederatedProtocol
import SwiftProtobuf

/// `covey-coordinator token`
struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make one-time tokens with which devices enrol.", subcommands: [Create.self])

    /// Makes tokens.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make tokens, one a line. They are shown this once.",
            discussion: """
                EXAMPLES
                  covey-coordinator token create 100 --valid-days 30 > tokens.txt
                """)

        @Argument(help: "How many.")
        var count: Int

        @Option(help: "How long they are good for.")
        var validDays = 30

        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await reporting {
                guard let count = UInt32(exactly: count), (1...3_650).contains(validDays) else {
                    throw CommandError(
                        "the number of tokens is positive, and they are good for 1 to 3650 days")
                }
                var request = Covey_V1_CreateEnrolmentTokensRequest()
                request.count = count
                request.validSeconds = UInt64(validDays) * 86_400
                let response: Covey_V1_CreateEnrolmentTokensResponse =
                    try await client.makeClient().call(
                        .administration, "CreateEnrolmentTokens", request)
                print(
                    client.json
                        ? try response.jsonString() : response.tokens.joined(separator: "\n"))
            }
        }
    }
}
