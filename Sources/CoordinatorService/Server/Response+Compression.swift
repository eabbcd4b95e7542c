internal import Datasets
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

extension Response {
    /// Bodies below this size do not get smaller by enough to be worth it.
    private static let smallestCompressed = 1_024

    /// A response with a body that is compressed where the client takes that.
    static func compressing(
        _ body: [UInt8], for request: Request, status: HTTPResponse.Status = .ok,
        headers: HTTPFields
    ) -> Response {
        var headers = headers
        var body = body
        if body.count > smallestCompressed {
            headers[.vary] = "accept-encoding"
            if request.accepts(encoding: "gzip"), let compressed = Gzip.compress(body) {
                headers[.contentEncoding] = "gzip"
                body = compressed
            }
        }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension Request {
    /// Whether `Accept-Encoding` lists an encoding and does not give it the weight 0.
    func accepts(encoding: String) -> Bool {
        for item in headers[.acceptEncoding]?.split(separator: ",") ?? [] {
            let parts = item.lowercased().split(separator: ";").map { $0.trimmed }
            guard parts.first == encoding else { continue }
            return !parts.dropFirst().contains { weight in
                weight.hasPrefix("q=") && Double(weight.dropFirst(2)) == 0
            }
        }
        return false
    }
}
