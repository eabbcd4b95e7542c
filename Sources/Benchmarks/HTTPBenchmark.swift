import ArgumentParser
import Fleet
import Foundation
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// What the HTTP stack takes in without a coordinator behind it: the limit for `covey-fleet load`.
struct HTTPBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "http",
        abstract: "Uploads and small calls at a bare server: the limit of 'covey-fleet load'.",
        discussion: """
            Server and clients share the machine, as they do where covey-fleet loads a coordinator on \
            the same one. The server reads bodies and forgets them.
            """)

    @Option(help: "Connections at once.")
    var connections = 64

    @Option(help: "The size of an upload, in bytes.")
    var bytes = 3_000_000

    @Option(help: "The number of uploads.")
    var uploads = 400

    @Option(help: "The number of small calls.")
    var calls = 40_000

    func run() async throws {
        let router = Router()
        router.post("/") { request, _ in
            var count = 0
            for try await part in request.body { count += part.readableBytes }
            return "\(count)"
        }
        let port = Mutex(0)
        var quiet = Logger(label: "benchmark")
        quiet.logLevel = .error
        let server = Application(
            responder: router.buildResponder(),
            configuration: .init(address: .hostname("127.0.0.1", port: 0), backlog: 1024),
            onServerRunning: { channel in
                port.withLock { $0 = channel.localAddress?.port ?? 0 }
            }, logger: quiet)
        let serving = Task { try await server.run() }
        while port.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(10)) }
        let url = "http://127.0.0.1:\(port.withLock { $0 })/"
        let exchange = PooledExchange(connections: connections)
        let small = [UInt8](repeating: 7, count: 40)
        _ = try await seconds(for: connections, small, to: url, exchange)
        let each = try await seconds(for: calls, small, to: url, exchange)
        print(String(format: "calls of 40 bytes    %8.0f a second", Double(calls) / each))
        let large = [UInt8](repeating: 7, count: bytes)
        let all = try await seconds(for: uploads, large, to: url, exchange)
        print(
            String(
                format: "uploads of %.1f MB    %8.2f GB a second", Double(bytes) / 1e6,
                Double(uploads * bytes) / all / 1e9))
        try await exchange.shutdown()
        serving.cancel()
        try? await serving.value
    }

    /// How long so many requests take, all connections busy.
    private func seconds(
        for count: Int, _ body: [UInt8], to url: String, _ exchange: PooledExchange
    ) async throws -> Double {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for connection in 0..<connections {
                group.addTask { [connections] in
                    for _ in stride(from: connection, to: count, by: connections) {
                        let response = try await exchange.perform(
                            HTTPExchangeRequest(
                                .post, url, body: body, timeout: .seconds(60),
                                largestResponse: 100))
                        guard response.body == Array("\(body.count)".utf8) else {
                            throw ValidationError("the server did not read the whole body")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        return (ContinuousClock.now - start) / .seconds(1)
    }
}
