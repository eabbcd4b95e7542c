import Fleet
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Testing

struct PooledExchangeTests {
    /// Runs `body` with the URL of a server that answers as the tests need it, and an exchange.
    private func withServer(
        _ body: (String, PooledExchange) async throws -> Void
    ) async throws {
        let router = Router()
        router.get("/long") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody(byteBuffer: ByteBuffer(repeating: 1, count: 100_000)))
        }
        router.get("/endless") { _, _ in
            // Without a length: only counting tells how much comes.
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    for _ in 0..<10_000 {
                        try await writer.write(ByteBuffer(repeating: 1, count: 10_000))
                    }
                    try await writer.finish(nil)
                })
        }
        router.get("/moved") { _, _ in
            Response(status: .temporaryRedirect, headers: [.location: "/long"])
        }
        router.get("/never") { _, _ in
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(60)) }
            return Response(status: .ok)
        }
        router.post("/echo") { request, _ in
            Response(status: .accepted, body: ResponseBody(asyncSequence: request.body))
        }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let group = ServiceGroup(services: [application], logger: application.logger)
        let server = Task { try await group.run() }
        let exchange = PooledExchange(connections: 4)
        let result: Result<Void, any Error>
        do {
            let found = await ports.first { _ in true } ?? 0
            result = .success(try await body("http://127.0.0.1:\(found)", exchange))
        } catch { result = .failure(error) }
        try await exchange.shutdown()
        // Connections that were accepted just now are to come to their end: the library ends the
        // process where one is dropped.
        await group.triggerGracefulShutdown()
        _ = await server.result
        try result.get()
    }

    private func get(_ url: String, limit: Int = 1 << 20, timeout: Duration = .seconds(60))
        -> HTTPExchangeRequest
    {
        HTTPExchangeRequest(.get, url, timeout: timeout, largestResponse: limit)
    }

    @Test func `bodies and headers arrive`() async throws {
        try await withServer { url, exchange in
            let body = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }
            let response = try await exchange.perform(
                HTTPExchangeRequest(
                    .post, url + "/echo", body: body, timeout: .seconds(60),
                    largestResponse: body.count))
            #expect(response.status == 202 && response.body == body)
            #expect(try await exchange.perform(get(url + "/nothing")).status == 404)
        }
    }

    @Test(arguments: ["/long", "/endless"])
    func `a body that is too long is not read`(path: String) async throws {
        try await withServer { url, exchange in
            await #expect(throws: ExchangeError.tooLarge(url: url + path, limit: 99_999)) {
                _ = try await exchange.perform(get(url + path, limit: 99_999))
            }
        }
    }

    @Test func `a redirection is not followed`() async throws {
        try await withServer { url, exchange in
            let moved = try await exchange.perform(get(url + "/moved"))
            #expect(moved.status == 307)
        }
    }

    @Test func `an answer that does not come is not waited for`() async throws {
        try await withServer { url, exchange in
            await #expect(throws: ExchangeError.timedOut(url: url + "/never")) {
                _ = try await exchange.perform(get(url + "/never", timeout: .milliseconds(100)))
            }
            let waiting = Task { try await exchange.perform(get(url + "/never")) }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { _ = try await waiting.value }
        }
    }

    @Test func `nobody listening is a broken connection`() async throws {
        var address = ""
        try await withServer { url, _ in address = url }
        let exchange = PooledExchange()
        let error = try await #require(throws: ExchangeError.self) {
            _ = try await exchange.perform(self.get(address + "/long"))
        }
        guard case .broken = error else {
            Issue.record("\(error)")
            return
        }
        try await exchange.shutdown()
    }
}
