import Coordinator
import FederatedProtocol
import Fleet
import Foundation
import SwiftProtobuf

/// Carries requests to a coordinator of the same process, as a server would.
final class EngineExchange: HTTPExchange {
    private let calls: any CoordinatorCalls

    init(_ calls: any CoordinatorCalls) { self.calls = calls }

    func perform(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse {
        do {
            guard let url = URLComponents(string: request.url) else {
                throw CallError(.unimplemented, "no such path")
            }
            let response = try await answer(
                request, path: url.path,
                ticket: url.queryItems?.first { $0.name == "ticket" }?.value)
            guard response.body.count <= request.largestResponse else {
                throw ExchangeError.tooLarge(url: request.url, limit: request.largestResponse)
            }
            return response
        } catch let error as CallError { return try HTTPExchangeResponse(error) }
    }

    private func answer(
        _ request: HTTPExchangeRequest, path: String, ticket: String?
    ) async throws -> HTTPExchangeResponse {
        func device() async throws -> [UInt8] {
            guard let bearer = request.bearer else { throw CallError(.unauthenticated, "no token") }
            return try await calls.authenticate(bearer)
        }
        func argument<Argument: Message>(_ type: Argument.Type = Argument.self) throws -> Argument {
            try Argument(serializedBytes: request.body)
        }
        let parts = path.split(separator: "/").map(String.init)
        switch (parts.first, parts.count) {
        case ("v1", 3) where parts[1] == "snapshots":
            return HTTPExchangeResponse(
                status: 200, body: try await calls.snapshot(Self.bytes(hexadecimal: parts[2])))
        case ("v1", 4) where parts[1] == "sums":
            try await calls.submitMaskedInput(
                request.body, session: Self.bytes(hexadecimal: parts[2]), ticket: ticket,
                device: try await device())
            return HTTPExchangeResponse(status: 204)
        default: break
        }
        let message: any Message =
            switch Procedure(rawValue: String(path.dropFirst())) {
            case .describe: try await calls.describe()
            case .enrol: try await calls.enrol(try argument())
            case .checkIn: try await calls.checkIn(try argument(), device: try await device())
            case .submitMessage:
                try await calls.submitMessage(try argument(), device: try await device())
            case .receiveMessage:
                try await calls.receiveMessage(try argument(), device: try await device())
            case .leaveRound:
                try await calls.leaveRound(try argument(), device: try await device())
            case .getInclusionProof: try await calls.getInclusionProof(try argument())
            case .listTasks: try await calls.listTasks()
            case .getTask: try await calls.getTask(try argument())
            case .reportQuality: try await calls.reportQuality(try argument())
            case nil: throw CallError(.unimplemented, "no such path: \(path)")
            }
        return try HTTPExchangeResponse(message)
    }

    private static func bytes(hexadecimal text: String) -> [UInt8] {
        stride(from: 0, to: text.utf8.count - 1, by: 2).compactMap { offset in
            let start = text.index(text.startIndex, offsetBy: offset)
            return UInt8(text[start..<text.index(start, offsetBy: 2)], radix: 16)
        }
    }
}
