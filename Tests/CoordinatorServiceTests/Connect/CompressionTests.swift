import Datasets
import Synchronization
import Testing

@testable import CoordinatorService

struct CompressionTests {
    private let device = ["authorization": "Bearer device-5", "content-encoding": "gzip"]

    private func send(
        _ body: [UInt8], to server: RunningServer, headers: [String: String] = [:]
    ) async throws -> RunningServer.Answer {
        try await server.send(
            "POST", "/covey.v1.CoordinatorService/CheckIn",
            headers: device.merging(["content-type": "application/json"]) { $1 }
                .merging(headers) { $1 }, body: body)
    }

    @Test
    func `a compressed body is read`() async throws {
        try await RunningServer.with { server in
            let body = try #require(Gzip.compress(Array(#"{"knownSize": "9"}"#.utf8)))
            let answer = try await send(body, to: server)
            #expect(answer.status == 200)
            #expect(answer.text.contains(#""earliestMs":9"#))
        }
    }

    @Test
    func `what is not gzip, or ends within, is refused`() async throws {
        try await RunningServer.with { server in
            let whole = try #require(Gzip.compress(Array(#"{"knownSize": "9"}"#.utf8)))
            for body in [Array("{}".utf8), Array(whole.dropLast(5)), whole + [1, 2, 3]] {
                let answer = try await send(body, to: server)
                #expect(answer.status == 400)
                #expect(answer.text.contains("invalid_argument"))
            }
            let other = try await send(whole, to: server, headers: ["content-encoding": "br"])
            #expect(other.status == 501)
            #expect(other.headers["accept-encoding"] == "gzip, identity")
        }
    }

    @Test
    func `a body that swells beyond the limit is refused`() async throws {
        try await RunningServer.with { server in
            let swelling = [UInt8](repeating: 0x20, count: 64 << 20)
            let body = try #require(Gzip.compress(swelling))
            #expect(body.count < 1 << 17)
            let answer = try await send(body, to: server)
            #expect(answer.status == 413)
        }
    }

    @Test
    func `large answers are compressed for those who accept it`() async throws {
        let calls = MemoryCalls()
        let checkpoint = String(repeating: "a line of a checkpoint\n", count: 200)
        try await RunningServer.with(calls) { server in
            let small = try await server.call("Describe", headers: ["accept-encoding": "gzip"])
            #expect(small.headers["content-encoding"] == nil)
            calls.content.withLock { $0.checkpoint = checkpoint }
            for (accepted, isCompressed) in [
                ("br, gzip;q=0.5", true), ("gzip; q=0", false), ("identity", false), ("GZIP", true),
            ] {
                let answer = try await server.call(
                    "Describe", headers: ["accept-encoding": accepted])
                #expect((answer.headers["content-encoding"] == "gzip") == isCompressed)
                let body = isCompressed ? try Gzip.decompress(answer.body) : answer.body
                #expect(String(decoding: body, as: UTF8.self).contains("a line of a checkpoint"))
            }
        }
    }
}
