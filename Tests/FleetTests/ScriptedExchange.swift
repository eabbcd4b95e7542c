import FederatedProtocol
import Fleet
import Foundation
import SwiftProtobuf
import Synchronization

/// Answers requests as a test says, and remembers them.
final class ScriptedExchange: HTTPExchange {
    typealias Answer = @Sendable (HTTPExchangeRequest) throws -> HTTPExchangeResponse

    private let answer: Answer
    private let remembered = Mutex([HTTPExchangeRequest]())

    init(_ answer: @escaping Answer) { self.answer = answer }

    var requests: [HTTPExchangeRequest] { remembered.withLock { $0 } }

    /// The requests to a procedure.
    func requests(to procedure: Procedure) -> [HTTPExchangeRequest] {
        requests.filter { $0.url.hasSuffix(procedure.rawValue) }
    }

    func perform(_ request: HTTPExchangeRequest) async throws -> HTTPExchangeResponse {
        remembered.withLock { $0.append(request) }
        return try answer(request)
    }
}

extension HTTPExchangeResponse {
    /// A message.
    init(_ message: some Message) throws {
        self.init(status: 200, body: try message.serializedBytes())
    }

    /// An error as Connect has it.
    init(_ error: CallError, headers: [(name: String, value: String)] = []) throws {
        self.init(
            status: error.httpStatus, headers: [("content-type", "application/json")] + headers,
            body: [UInt8](try JSONEncoder().encode(error)))
    }
}

extension HTTPExchangeRequest {
    func isTo(_ procedure: Procedure) -> Bool { url.hasSuffix("/" + procedure.rawValue) }

    var bearer: String? {
        headers.first { $0.name == "authorization" }?.value.split(separator: " ").last.map(
            String.init)
    }
}

extension RetryPolicy {
    /// Does not keep a test waiting.
    static let quick = RetryPolicy(base: .milliseconds(1), cap: .milliseconds(2), attempts: 4)
}
