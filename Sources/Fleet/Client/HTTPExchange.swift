/// Carries one HTTP request to its response; what a client builds its calls on.
package protocol HTTPExchange: Sendable {
    /// Sends a request and reads the response, whole.
    ///
    /// - Throws: ``ExchangeError``, or `CancellationError` soon after the task is cancelled.
    func perform(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse
}

/// A request with everything that bounds its answer.
package struct HTTPExchangeRequest: Sendable {
    package enum Method: String, Sendable { case get = "GET", post = "POST" }

    package var method: Method
    /// An absolute URL.
    package var url: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// For connecting, sending and the whole response.
    package var timeout: Duration
    /// The most bytes of a body that are read; a longer one is an error.
    package var largestResponse: Int

    package init(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = [], timeout: Duration, largestResponse: Int
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.largestResponse = largestResponse
    }
}

/// A response that was read to its end.
package struct HTTPExchangeResponse: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of a name, which is compared without case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Why a request has no response.
package enum ExchangeError: Error, Equatable, CustomStringConvertible {
    /// There is no connection, or it broke. The request may have arrived all the same.
    case broken(url: String, reason: String)
    /// The response did not come in time.
    case timedOut(url: String)
    /// The body is longer than the request allows.
    case tooLarge(url: String, limit: Int)
    /// What was asked for is no URL that a request can go to.
    case invalidURL(String)

    package var description: String {
        switch self {
        case .broken(let url, let reason): "\(url) cannot be reached: \(reason)"
        case .timedOut(let url): "\(url) did not answer in time"
        case .tooLarge(let url, let limit): "\(url) answered with more than \(limit) bytes"
        case .invalidURL(let url): "\(url.debugDescription) is not an http or https URL"
        }
    }
}
