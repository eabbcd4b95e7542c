internal import FederatedProtocol
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore

/// A body that is sent whole or in part, with what caches need.
struct BulkContent {
    /// The size of the whole.
    var byteCount: Int
    /// The strong entity tag, in quotation marks.
    var tag: String
    /// The value of `Cache-Control`.
    var caching: String
    /// What it is called when it is saved.
    var fileName: String

    /// Bodies go out in pieces, so that a connection on which a piece moves is not idle, and hardly
    /// more than one of them waits on one that is slow.
    private static let pieceByteCount = 1 << 16

    /// The response to a request for it.
    ///
    /// - Parameter load: Reads at least a part of it; not called where no byte of it is sent.
    func response(
        to request: Request, _ load: (_ part: Range<Int>) async throws -> Download
    ) async throws -> Response {
        var headers: HTTPFields = [
            .eTag: tag, .cacheControl: caching, .acceptRanges: "bytes",
            .contentType: "application/octet-stream",
            .contentDisposition: "attachment; filename=\"\(fileName)\"",
        ]
        guard !request.hasCached(tag) else { return .notModified(headers) }
        var part = 0..<byteCount
        var status = HTTPResponse.Status.ok
        if let asked = request.range(unlessChangedFrom: tag) {
            guard let range = asked.bytes(of: byteCount) else {
                throw Refusal(
                    CallError(.outOfRange, "there are \(byteCount) bytes"),
                    status: .rangeNotSatisfiable,
                    headers: [.contentRange: "bytes */\(byteCount)"])
            }
            part = range
            status = .partialContent
            headers[.contentRange] =
                "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(byteCount)"
        }
        headers[.contentLength] = "\(part.count)"
        guard request.method != .head else { return Response(status: status, headers: headers) }
        let download = try await load(part)
        let body = ResponseBody(contentLength: part.count) { [part] writer in
            for start in stride(
                from: part.lowerBound, to: part.upperBound, by: Self.pieceByteCount)
            {
                let end = min(start + Self.pieceByteCount, part.upperBound)
                try await writer.write(download.piece(start..<end))
            }
            try await writer.finish(nil)
        }
        return Response(status: status, headers: headers, body: body)
    }
}

extension Request {
    /// Whether the client has the body with this tag already (`If-None-Match`).
    func hasCached(_ tag: String) -> Bool {
        guard let tags = headers[.ifNoneMatch] else { return false }
        return tags.split(separator: ",").map { $0.trimmed }
            .contains { $0 == "*" || $0 == tag || $0 == "W/\(tag)" }
    }

    /// The range that is asked for, unless it is of another body (`If-Range`).
    func range(unlessChangedFrom tag: String) -> ByteRange? {
        guard let range = headers[.range], headers[.ifRange] ?? tag == tag else { return nil }
        return ByteRange(header: range)
    }
}

extension Response {
    /// Says that the client has it already.
    static func notModified(_ headers: HTTPFields) -> Response {
        var response = Response(status: .notModified, headers: headers)
        response.headers[.contentLength] = nil
        return response
    }

    /// A short text.
    static func text(
        _ text: String, status: HTTPResponse.Status = .ok,
        type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
