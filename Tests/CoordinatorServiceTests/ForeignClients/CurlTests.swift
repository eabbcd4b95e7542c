import FederatedProtocol
import Foundation
import SwiftProtobuf
import Testing

/// Calls that anybody can make from a shell.
@Suite(
    .enabled("curl is needed") {
        (try? await Program.run(["curl", "--version"], seconds: 10)) != nil
    })
struct CurlTests {
    private func call(
        _ server: RunningServer, _ method: String, type: String, _ arguments: [String]
    ) async throws -> String {
        try await Program.run(
            ["curl", "-sS", "-H", "content-type: application/\(type)", "-w", " %{http_code}"]
                + arguments
                + ["http://127.0.0.1:\(server.port)/covey.v1.CoordinatorService/\(method)"],
            seconds: 60)
    }

    @Test func `a call in JSON, as the protocol's description has it`() async throws {
        try await RunningServer.with { server in
            let answer = try await call(server, "Describe", type: "json", ["-d", "{}"])
            #expect(answer.hasPrefix("{"))
            #expect(answer.contains("\"checkpoint\":\"a checkpoint\""))
            #expect(answer.hasSuffix("} 200"))
        }
    }

    /// Field 1 as a number of two bytes: 300.
    @Test func `a call in binary, with bytes made by hand`() async throws {
        try await RunningServer.with { server in
            let folder = FileManager.default.temporaryDirectory
            let files = ["request", "answer"].map {
                folder.appending(path: "covey-curl-\(UUID().uuidString)-\($0)")
            }
            defer { for file in files { try? FileManager.default.removeItem(at: file) } }
            try Data([0x08, 0xAC, 0x02]).write(to: files[0])
            let status = try await call(
                server, "CheckIn", type: "proto",
                [
                    "-H", "authorization: Bearer device-5", "--data-binary", "@\(files[0].path)",
                    "-o", files[1].path,
                ])
            #expect(status == " 200")
            let response = try Covey_V1_CheckInResponse(
                serializedBytes: try Data(contentsOf: files[1]))
            #expect(response.wait.earliestMs == 300)
        }
    }

    @Test(arguments: ["json", "proto"])
    func `an error is JSON, whatever the call was made in`(type: String) async throws {
        try await RunningServer.with { server in
            let answer = try await call(
                server, "CheckIn", type: type, ["--data-binary", type == "json" ? "{}" : ""])
            #expect(answer.hasSuffix("} 401"))
            let body = try #require(answer.split(separator: " 401").first)
            let error = try JSONDecoder().decode(CallError.self, from: Data(body.utf8))
            #expect(error.code == .unauthenticated)
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `a body that cannot be read is answered with what was wrong`() async throws {
        try await RunningServer.with { server in
            let answer = try await call(server, "Describe", type: "json", ["-d", "{"])
            #expect(answer.contains("\"code\":\"invalid_argument\""))
            #expect(answer.contains("DescribeRequest"))
            #expect(answer.hasSuffix("} 400"))
        }
    }
}
