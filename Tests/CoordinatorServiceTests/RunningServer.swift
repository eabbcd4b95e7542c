import AsyncHTTPClient
import Coordinator
import CoordinatorService
import Logging
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// A server on a port of its own, for the length of a test.
struct RunningServer {
    static let administratorToken = "0123456789abcdef0123456789abcdef"
    static let session = String(repeating: "ab", count: 32)

    let port: Int
    let group: ServiceGroup

    /// Runs `body` beside a server.
    static func with<Result: Sendable>(
        _ calls: any CoordinatorCalls = MemoryCalls(),
        _ configuration: ServerConfiguration = .forTests, logger: Logger = .silent,
        drain: @escaping @Sendable (_ limit: Duration) async -> Void = { _ in },
        onOperations: @escaping @Sendable (Int) async -> Void = { _ in },
        _ body: @Sendable (RunningServer) async throws -> Result
    ) async throws -> Result {
        let (ports, source) = AsyncStream.makeStream(of: Int.self)
        let server = CoordinatorServer(
            configuration: configuration, calls: calls, logger: logger, drain: drain,
            onListening: { source.yield($0) }, onOperationsListening: onOperations)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: Serving(server: server))], logger: .silent))
        let running = Task {
            defer { source.finish() }
            try await group.run()
        }
        guard let port = await ports.first(where: { _ in true }) else {
            try await running.value
            throw NotListening()
        }
        do {
            let result = try await body(RunningServer(port: port, group: group))
            await group.triggerGracefulShutdown()
            try await running.value
            return result
        } catch {
            running.cancel()
            throw error
        }
    }

    struct NotListening: Error {}

    private struct Serving: Service {
        let server: CoordinatorServer

        func run() async throws { try await server.run() }
    }

    /// What came back.
    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// Leaves bodies as they are sent.
    private static let client = HTTPClient(eventLoopGroupProvider: .singleton)

    /// Sends a request.
    func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = .RAW(value: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(body) }
        let response = try await Self.client.execute(request, timeout: .seconds(60))
        let content = try await response.body.collect(upTo: 1 << 26)
        return Answer(
            status: Int(response.status.code),
            headers: Dictionary(
                response.headers.map { ($0.name.lowercased(), $0.value) },
                uniquingKeysWith: { first, _ in first }),
            body: Array(content.readableBytesView))
    }

    /// Waits until the metrics have a line.
    func wait(for line: String) async throws {
        while try await !send("GET", "/metrics").text.contains(line + "\n") {
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Makes a call in JSON.
    func call(
        _ method: String, _ json: String = "{}", headers: [String: String] = [:]
    ) async throws -> Answer {
        let service =
            ["CreateTask", "ChangeTask", "CreateEnrolmentTokens"].contains(method)
            ? "AdministrationService" : "CoordinatorService"
        return try await send(
            "POST", "/covey.v1.\(service)/\(method)",
            headers: ["content-type": "application/json"].merging(headers) { $1 },
            body: Array(json.utf8))
    }
}

extension ServerConfiguration {
    /// Any free port, an administrator, and every change to be seen at once.
    static var forTests: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.limits.watchedAge = .zero
        configuration.administrator = AdministratorToken(RunningServer.administratorToken)
        return configuration
    }

    /// With other limits.
    static func limited(_ change: (inout ServiceLimits) -> Void) -> ServerConfiguration {
        var configuration = forTests
        change(&configuration.limits)
        return configuration
    }
}

extension Logger {
    /// Says nothing.
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
