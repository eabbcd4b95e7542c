import Coordinator
import CoordinatorService
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Serves the dashboard to a browser, an overview at a time.
final class PageServer: Sendable {
    private struct State {
        var requests: [String] = []
        var conditional = 0
    }

    private let dashboard: Dashboard
    /// What a page shows when it is asked for the first time, the second and so on; nil for an
    /// outage.
    private let overviews: [CoordinatorOverview?]
    /// A script of the test's own, which runs beside the dashboard's.
    private let probe: String
    private let state = Mutex(State())

    init(_ overviews: [CoordinatorOverview?], probe: String = "") throws {
        dashboard = try Dashboard()
        self.overviews = overviews
        self.probe = probe
    }

    /// How often a path was asked for.
    func count(of path: String) -> Int { state.withLock { $0.requests.count { $0 == path } } }

    /// How many answers were that nothing has changed.
    var unchanged: Int { state.withLock { $0.conditional } }

    /// Serves while `body` runs with the server's address.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (_ address: String) async throws -> Result
    ) async throws -> Result {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "pages")
        logger.logLevel = .critical
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                self.answer(request)
            },
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                port.yield(channel.localAddress?.port ?? 0)
            }, logger: logger)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await application.run()
                return nil
            }
            group.addTask {
                for await port in ports { return try await body("http://127.0.0.1:\(port)") }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private func answer(_ request: Request) -> Response {
        let path = request.uri.path
        let earlier = state.withLock { state in
            defer { state.requests.append(path) }
            return state.requests.count { $0 == path }
        }
        if path == "/probe.js" {
            return Response(
                status: .ok, headers: [.contentType: "text/javascript"],
                body: .init(byteBuffer: ByteBuffer(string: probe)))
        }
        guard let overview = overviews[min(earlier, overviews.count - 1)] else {
            return Response(status: .serviceUnavailable)
        }
        guard
            let page = dashboard.page(
                path, overview: overview, baseURL: "https://films.example",
                ifNoneMatch: request.headers[.ifNoneMatch])
        else { return Response(status: .notFound) }
        if page.status == 304 { state.withLock { $0.conditional += 1 } }
        var headers = HTTPFields()
        for (name, value) in page.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        var text = String(decoding: page.body, as: UTF8.self)
        if !probe.isEmpty, page.headers["content-type"]?.hasPrefix("text/html") == true {
            text = text.replacing(
                "</head>", with: "<script type=\"module\" src=\"/probe.js\"></script></head>")
        }
        return Response(
            status: .init(code: page.status), headers: headers,
            body: page.status == 304 ? .init() : .init(byteBuffer: ByteBuffer(string: text)))
    }
}
