internal import FederatedProtocol
internal import Foundation
internal import Sodium
package import SwiftProtobuf

/// Calls to a coordinator over the Connect protocol, with its plain HTTP bodies. All devices of a
/// process share one.
///
/// Whatever fails for a while, connections among them, is tried again by the retry policy; what does
/// not is a ``FederatedProtocol/CallError``.
package struct CoordinatorClient: Sendable {
    /// The coordinator's URL, without a slash at its end.
    package let home: String
    package let traffic: Traffic
    private let exchange: any HTTPExchange
    private var retry: RetryPolicy
    private let timeout: Duration

    /// What the answer to a call, a snapshot excepted, may have at most. The largest are the
    /// messages that a neighbourhood sends to a device: some hundred kilobytes.
    private static let largestAnswer = 16 << 20
    /// The slowest transfer of bulk that is waited for, in bytes a second.
    private static let slowestTransfer = 50_000

    /// - Parameters:
    ///   - url: The coordinator's, http or https.
    ///   - exchange: What carries requests.
    ///   - retry: When to try again.
    ///   - timeout: How long one attempt at a call may take.
    /// - Throws: ``ExchangeError/invalidURL(_:)``.
    package init(
        url: String, exchange: any HTTPExchange, retry: RetryPolicy = RetryPolicy(),
        timeout: Duration = .seconds(30), traffic: Traffic = Traffic()
    ) throws {
        home = try Self.checked(url)
        self.exchange = exchange
        self.retry = retry
        self.timeout = timeout
        self.traffic = traffic
    }

    /// The same client with requests carried otherwise.
    package func carried(by exchange: (any HTTPExchange) -> any HTTPExchange) throws -> Self {
        try CoordinatorClient(
            url: home, exchange: exchange(self.exchange), retry: retry, timeout: timeout,
            traffic: traffic)
    }

    /// The same client with another policy.
    func retrying(_ policy: RetryPolicy) -> Self {
        var client = self
        client.retry = policy
        return client
    }

    private static func checked(_ url: String) throws -> String {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme,
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty
        else { throw ExchangeError.invalidURL(url) }
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// The address that a coordinator names: an absolute URL, or a path on the server that was asked.
    /// One that would send in clear what came over TLS is refused.
    func resolve(_ address: String, against base: String) throws -> String {
        let url: String
        if address.isEmpty {
            url = base
        } else if address.hasPrefix("/"), !address.hasPrefix("//") {
            let origin = URLComponents(string: base)
            let port = origin?.port.map { ":\($0)" } ?? ""
            url = "\(origin?.scheme ?? "")://\(origin?.encodedHost ?? "")\(port)\(address)"
        } else {
            url = address
        }
        let checked = try Self.checked(url)
        guard !base.hasPrefix("https:") || checked.hasPrefix("https:") else {
            throw ExchangeError.invalidURL(url)
        }
        return checked
    }

    /// Makes a unary call.
    ///
    /// - Parameters:
    ///   - procedure: Which.
    ///   - request: Its argument.
    ///   - base: The URL of the coordinator to ask; nil for ``home``.
    ///   - bearer: A token.
    package func call<Answer: Message>(
        _ procedure: Procedure, _ request: some Message, at base: String? = nil,
        bearer: String? = nil
    ) async throws -> Answer {
        let milliseconds = timeout / .milliseconds(1)
        let response = try await answered(
            HTTPExchangeRequest(
                .post, "\(base ?? home)/\(procedure.rawValue)",
                headers: [
                    ("content-type", "application/proto"), ("connect-protocol-version", "1"),
                    ("connect-timeout-ms", "\(Int(milliseconds))"), ("accept-encoding", "gzip"),
                ] + Self.authorization(bearer),
                body: try request.serializedBytes(), timeout: timeout,
                largestResponse: Self.largestAnswer))
        do { return try Answer(serializedBytes: response.body) } catch {
            throw CallError(
                .dataLoss, "the answer to \(procedure.rawValue) cannot be read: \(error)")
        }
    }

    /// Sends a plain body.
    func upload(_ body: [UInt8], to url: String, bearer: String?) async throws {
        _ = try await answered(
            HTTPExchangeRequest(
                .post, url,
                headers: [("content-type", "application/octet-stream")]
                    + Self.authorization(bearer),
                body: body, timeout: transferTime(body.count),
                largestResponse: Self.largestAnswer))
    }

    /// The snapshot of a BLAKE2b hash.
    ///
    /// - Parameters:
    ///   - byteCount: Its size; nothing longer is read.
    ///   - base: The URL of the coordinator to ask; nil for ``home``.
    package func snapshot(
        _ hash: [UInt8], byteCount: Int, at base: String? = nil, bearer: String? = nil
    ) async throws -> [UInt8] {
        let response = try await answered(
            HTTPExchangeRequest(
                .get, "\(base ?? home)/v1/snapshots/\(hexadecimal(hash))",
                headers: Self.authorization(bearer), timeout: transferTime(byteCount),
                largestResponse: byteCount))
        guard BLAKE2b.hash(response.body) == hash else {
            throw CallError(
                .dataLoss, "the snapshot \(hexadecimal(hash)) has another hash than its name")
        }
        return response.body
    }

    private func transferTime(_ byteCount: Int) -> Duration {
        timeout + .seconds(byteCount / Self.slowestTransfer)
    }

    private static func authorization(_ bearer: String?) -> [(name: String, value: String)] {
        bearer.map { [("authorization", "Bearer \($0)")] } ?? []
    }

    /// The response to a request, once there is one that is no error.
    private func answered(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse {
        var failures = 0
        while true {
            let (error, askedFor): (CallError, Duration?)
            do {
                let response = try await attempt(request)
                guard !(200..<300).contains(response.status) else { return response }
                (error, askedFor) = (Self.error(in: response), Self.retryAfter(response))
            } catch let failure as ExchangeError {
                (error, askedFor) = (failure.callError, nil)
            }
            traffic.count { $0.errors[error.code.rawValue, default: 0] += 1 }
            failures += 1
            guard error.isTransient, failures < retry.attempts else { throw error }
            try await Task.sleep(for: retry.pause(after: failures, askedFor: askedFor))
            traffic.count { $0.retries += 1 }
        }
    }

    private func attempt(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse {
        traffic.count {
            $0.requests += 1
            $0.sent += request.body.count
        }
        let response = try await exchange.perform(request)
        traffic.count { $0.received += response.body.count }
        return response
    }

    /// The error that a response stands for: Connect's JSON, or what follows from its status.
    private static func error(in response: HTTPExchangeResponse) -> CallError {
        if response.header("content-type")?.hasPrefix("application/json") == true,
            let error = try? JSONDecoder().decode(CallError.self, from: Data(response.body))
        {
            return error
        }
        return CallError(
            httpStatus: response.status,
            message: "the coordinator answered with HTTP status \(response.status)")
    }

    private static func retryAfter(_ response: HTTPExchangeResponse) -> Duration? {
        response.header("retry-after").flatMap(Double.init).flatMap { seconds in
            seconds.isFinite && seconds >= 0
                ? .seconds(min(seconds, 86_400)) : nil
        }
    }
}

extension ExchangeError {
    /// What stands for it among the errors of calls.
    var callError: CallError {
        switch self {
        case .broken: CallError(.unavailable, description)
        case .timedOut: CallError(.deadlineExceeded, description)
        case .tooLarge: CallError(.dataLoss, description)
        case .invalidURL: CallError(.invalidArgument, description)
        }
    }
}
