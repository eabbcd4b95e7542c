import AsyncHTTPClient
import ConnectionFailures
import Coordinator
import CoordinatorService
import FederatedProtocol
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import SwiftProtobuf

/// Makes calls as an operator, by Connect's protocol.
struct AdministrationClient {
    /// Where the coordinator is, without a slash at the end.
    let url: String
    /// The administrator's token, where there is one.
    let token: String?

    /// How long an answer may take; a catalogue may be large and the way slow.
    private static let timeout = TimeAmount.seconds(120)
    private static let largestAnswer = 1 << 30

    private static let client = makeClient(certificates: .fullVerification)
    /// For this machine alone, whose names no certificate has.
    private static let loopbackClient = makeClient(certificates: .none)

    /// A client that says at once where nobody listens.
    private static func makeClient(certificates: CertificateVerification) -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = certificates
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Makes a call.
    func call<Request: Message, Response: Message>(
        _ service: Service, _ method: String, _ message: Request
    ) async throws -> Response {
        if service == .administration, token == nil {
            throw CommandError(
                "put the administrator's token into \(ServerSecret.administratorToken.rawValue), or "
                    + "name its file by administration.tokenFile")
        }
        var request = HTTPClientRequest(url: "\(url)/covey.v1.\(service.rawValue)/\(method)")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/proto")
        request.headers.add(name: "connect-protocol-version", value: "1")
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        request.body = .bytes(try message.serializedBytes() as [UInt8])
        return try Response(serializedBytes: try await body(of: request))
    }

    /// The services.
    enum Service: String {
        case coordinator = "CoordinatorService"
        case administration = "AdministrationService"
    }

    /// Fetches a body.
    func get(_ path: String) async throws -> [UInt8] {
        try await body(of: HTTPClientRequest(url: url + path))
    }

    /// Whether the coordinator says that it answers calls; the reason where it does not.
    ///
    /// - Parameter isLocal: Whether it is known to be on this machine: its certificate does not
    ///   matter then.
    func hindrance(isLocal: Bool) async throws -> String? {
        let (status, body) = try await answer(
            to: HTTPClientRequest(url: url + "/readyz"),
            from: isLocal ? Self.loopbackClient : Self.client, within: .seconds(4))
        guard status != .ok else { return nil }
        let readiness = try? JSONDecoder().decode(Readiness.self, from: Data(body))
        return readiness?.reason ?? "\(url) answers \(status.code)"
    }

    private func body(of request: HTTPClientRequest) async throws -> [UInt8] {
        let (status, body) = try await answer(
            to: request, from: Self.client, within: Self.timeout)
        guard status == .ok else { throw refusal(status, body) }
        return body
    }

    private func answer(
        to request: HTTPClientRequest, from client: HTTPClient, within timeout: TimeAmount
    ) async throws -> (status: HTTPResponseStatus, body: [UInt8]) {
        do {
            let response = try await client.execute(request, timeout: timeout)
            let body = try await response.body.collect(upTo: Self.largestAnswer)
            return (response.status, Array(body.readableBytesView))
        } catch {
            throw CommandError("\(url) does not answer: \(ConnectionFailure(error))")
        }
    }

    /// What an answer that is an error says to an operator.
    private func refusal(_ status: HTTPResponseStatus, _ body: [UInt8]) -> CommandError {
        guard let error = try? JSONDecoder().decode(CallError.self, from: Data(body)) else {
            return CommandError("\(url) answers \(status.code); is it a coordinator's address?")
        }
        return switch error.code {
        case .unauthenticated:
            CommandError(
                "the token was refused; is it that of \(url), and has its coordinator got one?")
        case .notFound where error.message.hasPrefix("no task "):
            CommandError(
                error.message.prefix { $0 != ";" }
                    + "; 'covey-coordinator task list' names those there are")
        default: CommandError(error.message)
        }
    }
}
