internal import Coordinator
internal import FederatedProtocol
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Sodium

extension ServiceResponder {
    /// Takes a masked input. Its size is known before a byte is read, so that room can be made for it,
    /// or refused.
    func takeMaskedInput(
        _ request: Request, session text: String, with credentials: RequestGate.Credentials,
        at now: ContinuousClock.Instant
    ) async throws -> Response {
        let type = request.headers[.contentType]?.split(separator: ";").first?.trimmed.lowercased()
        guard type == "application/octet-stream" else {
            throw Refusal(
                CallError(.invalidArgument, "content-type is application/octet-stream"),
                status: .unsupportedMediaType,
                headers: HTTPField.Name.acceptPost.map { [$0: "application/octet-stream"] } ?? [:])
        }
        guard let length = request.contentLength else {
            throw Refusal(
                CallError(.invalidArgument, "content-length is missing"), status: .lengthRequired)
        }
        guard let session = bytes(hexadecimal: text, count: 32) else {
            throw CallError(.notFound, "a sum is named by 64 hexadecimal digits")
        }
        let device = try await gate.device(credentials, at: now)
        let ticket = request.uri.queryParameters["ticket"].map { String($0) }
        let expected = try await calls.maskedInputByteCount(
            session: session, ticket: ticket, device: device)
        guard length == expected else {
            throw Refusal(
                CallError(.invalidArgument, "a masked input of this sum has \(expected) bytes"),
                status: length > expected ? .contentTooLarge : .badRequest)
        }
        guard uploading.begin(device) else {
            throw Refusal.tooMuch(
                "another upload of this device is under way", retryAfter: .seconds(1))
        }
        defer { uploading.end(device) }
        let memory = uploads.share()
        defer { withExtendedLifetime(memory) {} }
        guard memory.take(expected) else {
            throw Refusal.tooMuch("too many uploads at once", retryAfter: .seconds(1))
        }
        let message = try await request.collectBody(limit: expected, expected: expected) {
            metrics.received($0, by: Route.maskedInputLabel)
        }
        try await calls.submitMaskedInput(message, session: session, ticket: ticket, device: device)
        return Response(status: .noContent)
    }
}
