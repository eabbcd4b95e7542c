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
        return try await sendSnapshot(
            hash, tag: tag, caching: caching, fileName: "\(hexadecimal(hash)).bin", to: request)
    }

    /// The published model of a task: a snapshot, at a place where another one will be some time.
    func model(of name: String, for request: Request) async throws -> Response {
        guard let task = name.removingPercentEncoding else {
            throw CallError(.notFound, "the task's name is not written as URLs are")
        }
        let hash = try await calls.modelHash(of: task)
        let tag = "\"\(hexadecimal(hash))\""
        guard !request.hasCached(tag) else {
            return .notModified([.eTag: tag, .cacheControl: "no-cache"])
        }
        return try await sendSnapshot(
            hash, tag: tag, caching: "no-cache", fileName: "model.covey", to: request)
    }

    /// Whether it is there and for everybody is asked each time; its bytes may be those that somebody
    /// else is sent.
    private func sendSnapshot(
        _ hash: [UInt8], tag: String, caching: String, fileName: String, to request: Request
    ) async throws -> Response {
        let byteCount = try await calls.snapshotByteCount(hash)
        return try await BulkContent(
            byteCount: byteCount, tag: tag, caching: caching, fileName: fileName
        ).response(to: request) { _ in
            try await downloads.content(.snapshot(hash), byteCount: byteCount) { [calls] in
                try await calls.snapshot(hash)
            }
        }
    }

    /// The ledger as a file. It only grows, so its length says what is in it.
    func ledger(for request: Request) async throws -> Response {
        let byteCount = try await calls.ledgerByteCount()
        return try await BulkContent(
            byteCount: byteCount, tag: "\"\(byteCount)\"", caching: "no-cache",
            fileName: "ledger.covey"
        ).response(to: request) { part in
            // Who follows the ledger asks for what is new; no more than that is read.
            let end = part.lowerBound..<byteCount
            return try await downloads.content(.ledger(end), byteCount: end.count) { [calls] in
                Array(try await calls.ledger(from: end.lowerBound).prefix(end.count))
            }
        }
    }
}
