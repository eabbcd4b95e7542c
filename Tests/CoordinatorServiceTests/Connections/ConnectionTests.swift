import Synchronization
import Testing

@testable import CoordinatorService

/// Each test ends when the server closes the connection, and never otherwise.
@Suite(.timeLimit(.minutes(2)))
struct ConnectionTests {
    private let describe = """
        POST /covey.v1.CoordinatorService/Describe HTTP/1.1\r
        Host: test\r
        Content-Type: application/json\r

        """

    private func call(_ body: String, _ headers: String = "", length: Int? = nil) -> String {
        describe + headers + "Content-Length: \(length ?? body.utf8.count)\r\n\r\n" + body
    }

    @Test
    func `a connection that says nothing is closed`() async throws {
        try await RunningServer.with(MemoryCalls(), .limited { $0.idle = .milliseconds(200) }) {
            let received = try await RawConnection.transcript(port: $0.port, sending: "")
            #expect(received == "")
        }
    }

    @Test
    func `a head that trickles is not waited for`() async throws {
        try await RunningServer.with(MemoryCalls(), .limited { $0.idle = .milliseconds(300) }) {
            let received = try await RawConnection.transcript(
                port: $0.port, sending: describe, trickling: "X-Slow: 1\r\n")
            #expect(!received.contains("200"))
        }
    }

    @Test
    func `a body that trickles is not waited for`() async throws {
        let calls = MemoryCalls()
        try await RunningServer.with(calls, .limited { $0.body = .milliseconds(300) }) { server in
            let received = try await RawConnection.transcript(
                port: server.port, sending: call("{", length: 10_000), trickling: " ")
            #expect(!received.contains("200"))
            let upload = try await RawConnection.transcript(
                port: server.port,
                sending: """
                    POST /v1/sums/\(RunningServer.session)/masked-inputs HTTP/1.1\r
                    Host: test\r
                    Authorization: Bearer device-1\r
                    Content-Type: application/octet-stream\r
                    Content-Length: 1000\r\n\r\n
                    """, trickling: "x")
            #expect(!upload.contains("204"))
            #expect(calls.content.withLock(\.maskedInputs).isEmpty)
            // Others are served all the while.
            #expect(try await server.call("Describe").status == 200)
        }
    }

    @Test
    func `who closes their half after the request is answered`() async throws {
        try await RunningServer.with { server in
            let received = try await RawConnection.transcript(
                port: server.port, sending: call("{}"), halfClosing: true)
            #expect(received.hasPrefix("HTTP/1.1 200"))
            let within = try await RawConnection.transcript(
                port: server.port, sending: call("{", length: 100), halfClosing: true)
            #expect(!within.contains("200 OK"))
        }
    }

    @Test(arguments: [
        "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "POST /covey.v1.CoordinatorService/Describe HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST /covey.v1.CoordinatorService/Describe HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    ])
    func `what is not HTTP is answered with an error, and the connection closed`(
        garbage: String
    ) async throws {
        try await RunningServer.with { server in
            let alone = try await RawConnection.transcript(port: server.port, sending: garbage)
            #expect(!alone.contains("200 OK"))
            let behind = try await RawConnection.transcript(
                port: server.port, sending: call("{}") + garbage)
            #expect(behind.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test
    func `requests in a row are answered in order`() async throws {
        try await RunningServer.with { server in
            let last = call("{}", "Connection: close\r\n")
            let received = try await RawConnection.transcript(
                port: server.port,
                sending: call("{}") + call("{", "X: 1\r\n") + last)
            let statuses = received.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
            #expect(statuses == ["200", "400", "200"])
        }
    }

    @Test
    func `a head that is too large is refused`() async throws {
        try await RunningServer.with { server in
            let long = String(repeating: "a", count: 9_000)
            let field = try await RawConnection.transcript(
                port: server.port, sending: describe + "X-Long: \(long)\r\n\r\n")
            #expect(field.hasPrefix("HTTP/1.1 400"))
            let many = (0..<200).map { "X-\($0): 1\r\n" }.joined()
            let fields = try await RawConnection.transcript(
                port: server.port, sending: describe + many + "\r\n")
            #expect(fields.hasPrefix("HTTP/1.1 400"))
            let path = String(repeating: "a", count: 100_000)
            let target = try await RawConnection.transcript(
                port: server.port, sending: "GET /\(path) HTTP/1.1\r\n\r\n")
            #expect(!target.contains("200 OK"))
        }
    }

    @Test
    func `a request that is refused before its body is read closes the connection`() async throws {
        try await RunningServer.with { server in
            let received = try await RawConnection.transcript(
                port: server.port, sending: call("{", length: 1 << 40))
            #expect(received.hasPrefix("HTTP/1.1 413"))
            #expect(received.lowercased().contains("connection: close"))
            let chunked = try await RawConnection.transcript(
                port: server.port,
                sending: describe + "Transfer-Encoding: chunked\r\n\r\n"
                    + String(
                        repeating: "10000\r\n" + String(repeating: " ", count: 65_536) + "\r\n",
                        count: 17))
            #expect(chunked.hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test
    func `bytes that are announced and never come count for nothing`() async throws {
        try await RunningServer.with { server in
            for _ in 0..<2 {
                let received = try await RawConnection.transcript(
                    port: server.port, sending: call("{", length: .max))
                #expect(received.hasPrefix("HTTP/1.1 413"))
            }
            let metrics = try await server.send("GET", "/metrics")
            #expect(!metrics.text.contains("covey_received_bytes_total{call=\"Describe\"}"))
        }
    }

    @Test
    func `an upload without a length is refused`() async throws {
        try await RunningServer.with { server in
            let received = try await RawConnection.transcript(
                port: server.port,
                sending: """
                    POST /v1/sums/\(RunningServer.session)/masked-inputs HTTP/1.1\r
                    Host: test\r
                    Authorization: Bearer device-1\r
                    Content-Type: application/octet-stream\r
                    Connection: close\r
                    Transfer-Encoding: chunked\r\n\r\n
                    """)
            #expect(received.hasPrefix("HTTP/1.1 411"))
        }
    }

    @Test
    func `who asks before sending a body is told to go on`() async throws {
        try await RunningServer.with { server in
            let received = try await RawConnection.transcript(
                port: server.port,
                sending: call("{}", "Expect: 100-continue\r\nConnection: close\r\n"))
            #expect(received.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"))
        }
    }

    @Test
    func `uploads beyond the memory for them are told to come again`() async throws {
        let calls = MemoryCalls()
        calls.content.withLock { $0.isHeld = true }
        try await RunningServer.with(calls, .limited { $0.uploadBytes = 1_500 }) { server in
            async let first = upload(to: server)
            while calls.content.withLock(\.devices).isEmpty {
                try await Task.sleep(for: .milliseconds(5))
            }
            let second = try await upload(to: server)
            #expect(second.status == 429)
            #expect(second.headers["retry-after"] == "1")
            calls.content.withLock { $0.isHeld = false }
            #expect(try await first.status == 204)
            #expect(try await upload(to: server).status == 204)
        }
    }

    @Test
    func `large calls beyond the memory for them are told to come again, and small ones not`()
        async throws
    {
        try await RunningServer.with(MemoryCalls(), .limited { $0.callBodyBytes = 10_000 }) {
            server in
            let large = "{" + String(repeating: " ", count: 9_000) + "}"
            let unfinished = call(String(repeating: " ", count: 13_000), length: 20_000)
            try await RawConnection.unread(port: server.port, sending: unfinished) {
                try await server.wait(for: #"covey_memory_bytes{for="calls"} 8904"#)
                let refused = try await server.call("Describe", large)
                #expect(refused.status == 429)
                #expect(refused.headers["retry-after"] == "1")
                #expect(refused.text.contains("large bodies"))
                #expect(try await server.call("Describe").status == 200)
                let task = try await server.call(
                    "CreateTask", large,
                    headers: ["authorization": "Bearer \(RunningServer.administratorToken)"])
                #expect(task.status == 200)
            }
            try await server.wait(for: #"covey_memory_bytes{for="calls"} 0"#)
            #expect(try await server.call("Describe", large).status == 200)
        }
    }

    @Test
    func `an answer that is not read is not kept for ever`() async throws {
        let calls = MemoryCalls()
        let size = 32 << 20
        calls.content.withLock { $0.ledger = [UInt8](repeating: 1, count: size) }
        let configuration = ServerConfiguration.limited {
            $0.body = .milliseconds(300)
            $0.idle = .seconds(3600)
            $0.slowestBytesPerSecond = size
        }
        try await RunningServer.with(calls, configuration) { server in
            let request = "GET /v1/ledger HTTP/1.1\r\nHost: test\r\n\r\n"
            try await RawConnection.unread(port: server.port, sending: request) {
                try await server.wait(for: #"covey_memory_bytes{for="downloads"} \#(size)"#)
                try await server.wait(for: "covey_timeouts_total 1")
                try await server.wait(for: #"covey_memory_bytes{for="downloads"} 0"#)
            }
        }
    }

    @Test
    func `one address has some connections and no more, unless it is a trusted proxy's`()
        async throws
    {
        for (proxies, isRefused) in [("192.0.2.0/24", true), ("127.0.0.0/8", false)] {
            let configuration = ServerConfiguration.limited {
                $0.connectionsPerAddress = 2
                $0.trustedProxies = [AddressRange(proxies)].compactMap { $0 }
            }
            try await RunningServer.with(MemoryCalls(), configuration) { server in
                let request = call("{}", "Connection: close\r\n")
                // The client that asks for the metrics keeps its connection: that is the other one.
                try await RawConnection.unread(port: server.port, sending: "") {
                    try await server.wait(for: "covey_connections 2")
                    let third = try await RawConnection.transcript(
                        port: server.port, sending: request)
                    #expect(third.isEmpty == isRefused)
                }
                // A connection that is over makes room for another.
                while try await RawConnection.transcript(port: server.port, sending: request)
                    .isEmpty
                {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
    }

    private func upload(to server: RunningServer) async throws -> RunningServer.Answer {
        try await server.send(
            "POST", "/v1/sums/\(RunningServer.session)/masked-inputs",
            headers: [
                "authorization": "Bearer device-1", "content-type": "application/octet-stream",
            ], body: [UInt8](repeating: 1, count: 1_000))
    }
}
