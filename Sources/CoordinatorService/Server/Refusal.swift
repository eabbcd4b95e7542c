internal import FederatedProtocol
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Why a request is answered with an error: Connect's error, the HTTP status and headers that go
/// with it.
struct Refusal: Error {
    /// The error; the body of the response.
    var error: CallError
    /// The status, where it is not the one that follows from the error's code.
    var status: HTTPResponse.Status
    /// Headers that say more, such as `Retry-After`.
    var headers: HTTPFields

    /// Describes a refusal.
    init(
        _ error: CallError, status: HTTPResponse.Status? = nil, headers: HTTPFields = [:]
    ) {
        self.error = error
        self.status = status ?? HTTPResponse.Status(code: error.httpStatus)
        self.headers = headers
        if self.status == .unauthorized { self.headers[.wwwAuthenticate] = "Bearer" }
    }

    /// Too much at once; the same request may be made again after some seconds.
    static func tooMuch(_ message: String, retryAfter wait: Duration) -> Refusal {
        let seconds = max(1, wait.components.seconds + (wait.components.attoseconds > 0 ? 1 : 0))
        return Refusal(
            CallError(.resourceExhausted, "\(message); try again in \(seconds) s"),
            headers: [.retryAfter: "\(seconds)"])
    }

    /// A body that is larger than its kind may be.
    static func tooLarge(_ byteCount: Int, limit: Int) -> Refusal {
        Refusal(
            CallError(
                .invalidArgument, "the body has \(byteCount) bytes or more; \(limit) are allowed"),
            status: .contentTooLarge)
    }

    /// The response that tells the caller.
    var response: Response {
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        let body = (try? JSONEncoder().encode(error)) ?? Data()
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
