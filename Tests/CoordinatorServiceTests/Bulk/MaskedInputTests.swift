import Synchronization
import Testing

@testable import CoordinatorService

struct MaskedInputTests {
    private let headers = [
        "authorization": "Bearer device-5", "content-type": "application/octet-stream",
    ]
    private let path = "/v1/sums/\(RunningServer.session)/masked-inputs"

    @Test
    func `a masked input of the right size arrives whole`() async throws {
        let calls = MemoryCalls()
        let message = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        calls.content.withLock { $0.maskedInputByteCount = message.count }
        try await RunningServer.with(calls) { server in
            let answer = try await server.send("POST", path, headers: headers, body: message)
            #expect(answer.status == 204)
            let ticket = try await server.send(
                "POST", path + "?ticket=a%20ticket", headers: headers, body: message)
            #expect(ticket.status == 204)
            #expect(calls.content.withLock(\.maskedInputs) == [message, message])
            #expect(calls.content.withLock(\.devices).first == [UInt8](repeating: 5, count: 32))
        }
    }

    @Test
    func `other sizes, sums, tickets, types and strangers are refused`() async throws {
        let calls = MemoryCalls()
        try await RunningServer.with(calls) { server in
            let other = "/v1/sums/\(String(repeating: "cd", count: 32))/masked-inputs"
            let json = headers.merging(["content-type": "application/json"]) { $1 }
            let stranger = headers.merging(["authorization": "Bearer x"]) { $1 }
            for (path, headers, size, status) in [
                (path, headers, 999, 400), (path, headers, 1_001, 413),
                ("/v1/sums/abc/masked-inputs", headers, 1_000, 404), (other, headers, 1_000, 404),
                (path + "?ticket=forged", headers, 1_000, 403), (path, json, 1_000, 415),
                (path, stranger, 1_000, 401),
            ] {
                let answer = try await server.send(
                    "POST", path, headers: headers, body: [UInt8](repeating: 1, count: size))
                #expect(answer.status == status)
            }
            #expect(try await server.send("GET", path, headers: headers).status == 405)
            #expect(calls.content.withLock(\.maskedInputs).isEmpty)
        }
    }
}
