import FederatedProtocol
@testable import Fleet
import SwiftProtobuf
import Testing

struct EnrolmentTokensTests {
    private func client(
        _ enrolment: Covey_V1_DescribeResponse.Enrolment
    ) throws -> CoordinatorClient {
        try CoordinatorClient(
            url: "http://127.0.0.1:1",
            exchange: ScriptedExchange { _ in
                try HTTPExchangeResponse(
                    Covey_V1_DescribeResponse.with { $0.enrolment = enrolment })
            }, retry: .quick)
    }

    @Test func `each new device has to have a token where tokens are asked for`() async throws {
        let client = try client(.token)
        try await client.checkTokens(["a", "b"], for: [0, 1])
        await #expect(throws: FleetError.tooFewTokens(given: 2, needed: 3)) {
            try await client.checkTokens(["a", "b"], for: [1, 2])
        }
        await #expect(throws: FleetError.tooFewTokens(given: 0, needed: 1)) {
            try await client.checkTokens([], for: [0])
        }
    }

    @Test func `devices that enrolled before need none, and nobody where enrolment is open`()
        async throws
    {
        try await client(.token).checkTokens([], for: [])
        try await client(.open).checkTokens([], for: [0, 1])
    }
}
