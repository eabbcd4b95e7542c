internal import Datasets
internal import FederatedProtocol
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore

extension ServiceResponder {
    /// Answers a call of the Connect protocol.
    func answer(
        _ request: Request, to method: ConnectMethod, with credentials: RequestGate.Credentials,
        at now: ContinuousClock.Instant
    ) async throws -> Response {
        let version = HTTPField.Name.connectProtocolVersion.flatMap { request.headers[$0] }
        guard version == nil || version == "1" else {
            throw CallError(.invalidArgument, "connect-protocol-version is 1 here")
        }
        guard let type = request.headers[.contentType], let codec = ConnectCodec(contentType: type)
        else {
            throw Refusal(
                CallError(.invalidArgument, "content-type is one of \(ConnectCodec.accepted)"),
                status: .unsupportedMediaType,
                headers: HTTPField.Name.acceptPost.map { [$0: ConnectCodec.accepted] } ?? [:])
        }
        let deadline = try HTTPField.Name.connectTimeout.flatMap { request.headers[$0] }
            .map { text throws(CallError) in try CallDeadline(milliseconds: text, from: now) }
        var device: [UInt8] = []
        var limit = limits.callBytes
        switch method.access {
        case .everybody: break
        case .devices: device = try await gate.device(credentials, at: now)
        case .administrators:
            try gate.requireAdministrator(credentials)
            limit = ServiceLimits.administrationBytes
        }
        // Operators have shown who they are, and must be heard when everybody else sends too much.
        let memory = method.access == .administrators ? nil : callBodies.share()
        defer { withExtendedLifetime(memory) {} }
        let body = try await callBody(of: request, to: method, limit: limit, in: memory)
        let answer =
            if let deadline {
                try await deadline.answer { [device] () async throws(CallError) in
                    try await method.answer(body, codec, device)
                }
            } else {
                try await method.answer(body, codec, device)
            }
        return .compressing(
            answer, for: request,
            headers: [.contentType: codec.rawValue, .cacheControl: "no-store"])
    }

    /// The body of a call, decompressed; its size is bounded before and after.
    private func callBody(
        of request: Request, to method: ConnectMethod, limit: Int, in memory: MemoryBudget.Share?
    ) async throws -> [UInt8] {
        func take(_ byteCount: Int) throws(Refusal) {
            guard memory?.take(byteCount) != false else {
                throw .tooMuch("too many calls with large bodies at once", retryAfter: .seconds(1))
            }
        }
        let encoding = request.headers[.contentEncoding]?.trimmed.lowercased() ?? "identity"
        guard encoding == "gzip" || encoding == "identity" else {
            throw Refusal(
                CallError(.unimplemented, "content-encoding is gzip or identity"),
                headers: [.acceptEncoding: "gzip, identity"])
        }
        let body = try await request.collectBody(limit: limit) { byteCount throws(Refusal) in
            metrics.received(byteCount, by: method.name)
            try take(byteCount)
        }
        guard encoding == "gzip" else { return body }
        let decompressed: [UInt8]
        do throws(Gzip.Damage) {
            decompressed = try Gzip.decompress(body, limit: limit)
        } catch {
            guard !error.isTooLarge else {
                throw Refusal.tooLarge(limit + 1, limit: limit)
            }
            throw CallError(.invalidArgument, "the body is not gzip: \(error.reason)")
        }
        try take(decompressed.count)
        return decompressed
    }
}
