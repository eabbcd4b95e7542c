internal import Coordinator
internal import FederatedProtocol
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Sodium

extension ServiceResponder {
    /// A snapshot; its name says what is in it, so that caches may keep it for ever.
    func snapshot(_ name: String, for request: Request) async throws -> Response {
        guard let hash = bytes(hexadecimal: name, count: 32) else {
            throw CallError(.notFound, "a snapshot is named by 64 hexadecimal digits")
        }
        let tag = "\"\(hexadecimal(hash))\""
        let caching = "public, max-age=31536000, immutable"
        guard !request.hasCached(tag) else {
            return .notModified([.eTag: tag, .cacheControl: caching])
        }
        return try BulkContent(
            bytes: try await calls.snapshot(hash), tag: tag, caching: caching,
            fileName: "\(hexadecimal(hash)).bin"
        ).response(to: request)
    }

    /// The ledger as a file. It only grows, so its length says what is in it.
    func ledger(for request: Request) async throws -> Response {
        // Who follows the ledger asks for what is new; no more than that is read.
        var start = 0
        if request.headers[.ifNoneMatch] == nil, request.headers[.ifRange] == nil,
            let range = request.headers[.range].flatMap({ ByteRange(header: $0) }),
            case .from(let first, _) = range
        {
            start = first
        }
        var bytes = try await calls.ledger(from: start)
        if bytes.isEmpty, start > 0 {
            start = 0
            bytes = try await calls.ledger(from: 0)
        }
        return try BulkContent(
            bytes: bytes, start: start, tag: "\"\(start + bytes.count)\"",
            caching: "no-cache", fileName: "ledger.covey"
        ).response(to: request)
    }

    /// The published model of a task.
    func model(of name: String, for request: Request) async throws -> Response {
        guard let task = name.removingPercentEncoding else {
            throw CallError(.notFound, "the task's name is not written as URLs are")
        }
        let model = try await calls.model(of: task)
        return try BulkContent(
            bytes: model.bytes, tag: "\"\(hexadecimal(model.hash))\"", caching: "no-cache",
            fileName: "model.covey"
        ).response(to: request)
    }
}
