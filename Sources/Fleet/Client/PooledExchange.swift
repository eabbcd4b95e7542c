import AsyncHTTPClient
internal import ConnectionFailures
internal import NIOCore
internal import NIOHTTP1

/// HTTP over shared connections: HTTP/2 where a TLS server offers it, else HTTP/1.1.
package final class PooledExchange: HTTPExchange {
    private let client: HTTPClient

    /// Gets ready; connections are made when they are needed. End with ``shutdown()``.
    ///
    /// - Parameter connections: The most HTTP/1.1 connections to one server.
    package init(connections: Int = 32) {
        // Its limit on what a compressed body may grow to, 25 times its size, is kept.
        var configuration = HTTPClient.Configuration.singletonConfiguration
        // A bearer token goes to nobody but the coordinator that it was meant for.
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(10))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // How often to try again is the caller's to say.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(configuration: configuration)
    }

    /// Closes the connections.
    package func shutdown() async throws { try await client.shutdown() }

    package func perform(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
        if request.method == .post {
            outgoing.body = .bytes(ByteBuffer(bytes: request.body))
        }
        do {
            let response = try await client.execute(
                outgoing, timeout: TimeAmount(request.timeout))
            let body = try await response.body.collect(upTo: request.largestResponse)
            return HTTPExchangeResponse(
                status: Int(response.status.code),
                headers: response.headers.map { ($0.name, $0.value) },
                body: [UInt8](buffer: body))
        } catch {
            try Task.checkCancellation()
            throw Self.meaning(of: error, in: request)
        }
    }

    private static func meaning(
        of error: any Error, in request: HTTPExchangeRequest
    ) -> ExchangeError {
        switch error {
        case is NIOTooManyBytesError: .tooLarge(url: request.url, limit: request.largestResponse)
        case let error as HTTPClientError where timeouts.contains(error):
            .timedOut(url: request.url)
        case let error as HTTPClientError where faultsOfURLs.contains(error):
            .invalidURL(request.url)
        default: .broken(url: request.url, reason: "\(ConnectionFailure(error))")
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .deadlineExceeded, .readTimeout, .connectTimeout, .getConnectionFromPoolTimeout,
    ]
    private static let faultsOfURLs: [HTTPClientError] = [.invalidURL, .emptyHost, .emptyScheme]
}
