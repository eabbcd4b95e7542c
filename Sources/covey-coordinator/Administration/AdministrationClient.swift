import AsyncHTTPClient
import CoordinatorService
import FederatedProtocol
import Foundation
import NIOCore
import NIOHTTP1
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

    /// Says at once where nobody listens.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

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

    private func body(of request: HTTPClientRequest) async throws -> [UInt8] {
        let response: HTTPClientResponse
        let body: ByteBuffer
        do {
            response = try await Self.client.execute(request, timeout: Self.timeout)
            body = try await response.body.collect(upTo: Self.largestAnswer)
        } catch is IOError {
            throw CommandError("\(url) does not answer; is the coordinator running?")
        } catch {
            throw CommandError("\(url) does not answer (\(error)); is the address right?")
        }
        let bytes = Array(body.readableBytesView)
        guard response.status == .ok else {
            throw (try? JSONDecoder().decode(CallError.self, from: Data(bytes)))
                ?? CallError(
                    httpStatus: Int(response.status.code),
                    message: "\(url) answers \(response.status.code)")
        }
        return bytes
    }
}
