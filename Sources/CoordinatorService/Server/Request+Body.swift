internal import FederatedProtocol
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

extension Request {
    /// What `Content-Length` says; nil where there is none.
    var contentLength: Int? { headers[.contentLength].flatMap { Int($0) } }

    /// The whole body, at most `limit` bytes of it.
    ///
    /// - Parameters:
    ///   - limit: The most bytes.
    ///   - expected: The size to make room for at once.
    ///   - take: Is told the size of each part as it comes, and may refuse it.
    /// - Throws: ``Refusal``.
    func collectBody(
        limit: Int, expected: Int = 0, taking take: (_ byteCount: Int) throws(Refusal) -> Void
    ) async throws -> [UInt8] {
        let announced = contentLength
        if let announced, announced > limit {
            throw Refusal.tooLarge(announced, limit: limit)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(expected)
        do {
            for try await part in body {
                guard bytes.count + part.readableBytes <= limit else {
                    throw Refusal.tooLarge(bytes.count + part.readableBytes, limit: limit)
                }
                try take(part.readableBytes)
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(CallError(.canceled, "the connection ended within the body"))
        }
        guard announced == nil || announced == bytes.count else {
            throw Refusal(CallError(.canceled, "the body ended before its announced length"))
        }
        return bytes
    }
}
