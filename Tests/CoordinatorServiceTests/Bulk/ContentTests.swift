import Sodium
import Synchronization
import Testing

@testable import CoordinatorService

struct ContentTests {
    private let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    private func withSnapshot(
        _ body: @Sendable (RunningServer, _ path: String, _ bytes: [UInt8]) async throws -> Void
    ) async throws {
        let calls = MemoryCalls()
        let hash = BLAKE2b.hash(bytes)
        calls.content.withLock { [bytes] in $0.snapshots[hash] = bytes }
        try await RunningServer.with(calls) { [bytes] server in
            try await body(server, "/v1/snapshots/\(hexadecimal(hash))", bytes)
        }
    }

    @Test
    func `a snapshot is sent whole, and may be cached for ever`() async throws {
        try await withSnapshot { server, path, bytes in
            let whole = try await server.send("GET", path)
            #expect(whole.status == 200)
            #expect(whole.body == bytes)
            #expect(whole.headers["cache-control"] == "public, max-age=31536000, immutable")
            let tag = try #require(whole.headers["etag"])

            let head = try await server.send("HEAD", path)
            #expect(head.status == 200)
            #expect(head.headers["content-length"] == "300000")
            #expect(head.headers["etag"] == tag)
            #expect(head.body.isEmpty)

            for known in [tag, "\"other\", \(tag)", "W/\(tag)", "*"] {
                let cached = try await server.send("GET", path, headers: ["if-none-match": known])
                #expect(cached.status == 304)
                #expect(cached.body.isEmpty)
                #expect(cached.headers["etag"] == tag)
            }
            let other = try await server.send("GET", path, headers: ["if-none-match": "\"other\""])
            #expect(other.status == 200)
        }
    }

    @Test(arguments: [
        ("bytes=0-0", 0..<1), ("bytes=100000-", 100_000..<300_000), ("bytes=10-19", 10..<20),
        ("bytes=299999-400000", 299_999..<300_000), ("bytes=-5", 299_995..<300_000),
        ("bytes=-999999", 0..<300_000),
    ])
    func `a part of a snapshot is sent`(range: String, expected: Range<Int>) async throws {
        try await withSnapshot { server, path, bytes in
            let part = try await server.send("GET", path, headers: ["range": range])
            #expect(part.status == 206)
            #expect(part.body == Array(bytes[expected]))
            #expect(
                part.headers["content-range"]
                    == "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/300000")
            let head = try await server.send("HEAD", path, headers: ["range": range])
            #expect(head.headers["content-length"] == "\(expected.count)")
        }
    }

    @Test
    func `ranges that cannot be met are refused, and those that make no sense passed over`()
        async throws
    {
        try await withSnapshot { server, path, bytes in
            for range in ["bytes=300000-", "bytes=-0"] {
                let refused = try await server.send("GET", path, headers: ["range": range])
                #expect(refused.status == 416)
                #expect(refused.headers["content-range"] == "bytes */300000")
            }
            let senseless = [
                "bytes=5-1", "bytes=1-2,5-6", "items=0-1", "bytes=a-b", "bytes=-", "bytes",
                "bytes=99999999999999999999-",
            ]
            for range in senseless {
                let whole = try await server.send("GET", path, headers: ["range": range])
                #expect(whole.status == 200)
                #expect(whole.body == bytes)
            }
            let changed = try await server.send(
                "GET", path, headers: ["range": "bytes=0-1", "if-range": "\"other\""])
            #expect(changed.status == 200)
        }
    }

    @Test(arguments: ["0", String(repeating: "0", count: 64), String(repeating: "g", count: 64)])
    func `what is no snapshot is not found`(name: String) async throws {
        try await RunningServer.with { server in
            let answer = try await server.send("GET", "/v1/snapshots/\(name)")
            #expect(answer.status == 404)
            #expect(answer.text.contains("not_found"))
        }
    }

    @Test
    func `the ledger can be followed by its end`() async throws {
        let calls = MemoryCalls()
        try await RunningServer.with(calls) { server in
            let whole = try await server.send("GET", "/v1/ledger")
            #expect(whole.text == "the ledger")
            let contents = whole.headers["content-disposition"]
            #expect(contents == "attachment; filename=\"ledger.covey\"")
            let tag = try #require(whole.headers["etag"])
            let known = ["range": "bytes=10-"]
            #expect(try await server.send("GET", "/v1/ledger", headers: known).status == 416)

            calls.content.withLock { $0.ledger += Array(" grows".utf8) }
            let end = try await server.send("GET", "/v1/ledger", headers: known)
            #expect(end.status == 206)
            #expect(end.text == " grows")
            #expect(end.headers["content-range"] == "bytes 10-15/16")
            let since = try await server.send("GET", "/v1/ledger", headers: ["if-none-match": tag])
            #expect(since.status == 200)
            #expect(try await server.send("HEAD", "/v1/ledger").headers["content-length"] == "16")
        }
    }

    @Test
    func `a model is found by its task's name`() async throws {
        try await RunningServer.with { server in
            let model = try await server.send("GET", "/v1/models/films%20%26%20books")
            #expect(model.status == 200)
            #expect(model.body == [1, 2, 3])
            #expect(model.headers["etag"] == "\"\(String(repeating: "cd", count: 32))\"")
            #expect(model.headers["cache-control"] == "no-cache")
            #expect(try await server.send("GET", "/v1/models/none").status == 404)
            #expect(try await server.send("GET", "/v1/models/%zz").status == 404)
        }
    }
}
