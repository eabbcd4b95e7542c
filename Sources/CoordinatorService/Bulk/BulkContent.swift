internal import FederatedProtocol
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import NIOCore

/// A body that is sent whole or in part, with what caches need.
struct BulkContent {
    /// The end of the body, from ``start`` on.
    var bytes: [UInt8]
    /// Where ``bytes`` begins in the body.
    var start = 0
    /// The strong entity tag, in quotation marks.
    var tag: String
    /// The value of `Cache-Control`.
    var caching: String
    /// What it is called when it is saved.
    var fileName: String

    /// Bodies go out in pieces, so that a connection on which a piece moves is not idle.
    private static let pieceByteCount = 1 << 17

    /// The response to a request for it.
    func response(to request: Request) throws(Refusal) -> Response {
        var headers: HTTPFields = [
            .eTag: tag, .cacheControl: caching, .acceptRanges: "bytes",
            .contentType: "application/octet-stream",
            .contentDisposition: "attachment; filename=\"\(fileName)\"",
        ]
        guard !request.hasCached(tag) else { return .notModified(headers) }
        let size = start + bytes.count
        var part = 0..<size
        var status = HTTPResponse.Status.ok
        if let asked = request.range(unlessChangedFrom: tag) {
            guard let range = asked.bytes(of: size) else {
                throw Refusal(
                    CallError(.outOfRange, "there are \(size) bytes"),
                    status: .rangeNotSatisfiable, headers: [.contentRange: "bytes */\(size)"])
            }
            part = range
            status = .partialContent
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
        }
        headers[.contentLength] = "\(part.count)"
        guard request.method != .head else { return Response(status: status, headers: headers) }
        let buffer = ByteBuffer(bytes: bytes[part.lowerBound - start..<part.upperBound - start])
        let body = ResponseBody(contentLength: part.count) { writer in
            var rest = buffer
            while let piece = rest.readSlice(
                length: min(rest.readableBytes, Self.pieceByteCount)), piece.readableBytes > 0
            {
                try await writer.write(piece)
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
