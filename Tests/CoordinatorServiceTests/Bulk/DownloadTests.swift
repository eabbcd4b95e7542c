import NIOCore
import Sodium
import Synchronization
import Testing

@testable import CoordinatorService

@Suite(.timeLimit(.minutes(2)))
struct DownloadTests {
    private let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    @Test
    func `all who are sent a snapshot share one copy, for as long as it is there`() async throws {
        let calls = MemoryCalls()
        let hash = BLAKE2b.hash(bytes)
        let path = "/v1/snapshots/\(hexadecimal(hash))"
        calls.content.withLock { [bytes] content in
            content.snapshots[hash] = bytes
            content.isHeld = true
        }
        try await RunningServer.with(calls) { [bytes] server in
            try await withThrowingTaskGroup(of: RunningServer.Answer.self) { group in
                for _ in 0..<20 { group.addTask { try await server.send("GET", path) } }
                while calls.content.withLock(\.loads) == 0 {
                    try await Task.sleep(for: .milliseconds(5))
                }
                calls.content.withLock { $0.isHeld = false }
                for try await answer in group { #expect(answer.body == bytes) }
            }
            let part = try await server.send("GET", path, headers: ["range": "bytes=7-100000"])
            #expect(part.body == Array(bytes[7...100_000]))
            #expect(calls.content.withLock(\.loads) == 1)

            calls.content.withLock { $0.snapshots[hash] = nil }
            #expect(try await server.send("GET", path).status == 404)
        }
    }

    @Test
    func `nothing is read for those who get no byte of it`() async throws {
        let calls = MemoryCalls()
        try await RunningServer.with(calls) { server in
            for path in ["/v1/ledger", "/v1/models/films%20%26%20books"] {
                let head = try await server.send("HEAD", path)
                let tag = try #require(head.headers["etag"])
                let known = try await server.send("GET", path, headers: ["if-none-match": tag])
                #expect(known.status == 304)
                let beyond = try await server.send("GET", path, headers: ["range": "bytes=99-"])
                #expect(beyond.status == 416)
            }
            #expect(calls.content.withLock(\.loads) == 0)
        }
    }

    @Test
    func `downloads beyond the memory for them are told to come again`() async throws {
        let calls = MemoryCalls()
        let path = "/v1/models/films%20%26%20books"
        calls.content.withLock { $0.isHeld = true }
        try await RunningServer.with(calls, .limited { $0.downloadBytes = 12 }) { server in
            async let first = server.send("GET", path)
            while calls.content.withLock(\.loads) == 0 {
                try await Task.sleep(for: .milliseconds(5))
            }
            let refused = try await server.send("GET", "/v1/ledger")
            #expect(refused.status == 429)
            #expect(refused.headers["retry-after"] == "5")
            calls.content.withLock { $0.isHeld = false }
            #expect(try await first.status == 200)
            // Nobody reads the model any more, so it makes room.
            #expect(try await server.send("GET", "/v1/ledger").status == 200)
            try await server.wait(for: #"covey_memory_bytes{for="downloads"} 0"#)
        }
    }

    @Test
    func `a content that cannot be read is tried again by the next`() async throws {
        let downloads = Downloads(byteCount: 100)
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await downloads.content(.snapshot([1]), byteCount: 5) { throw Failure() }
        }
        #expect(downloads.byteCount == 0)
        let download = try await downloads.content(.snapshot([1]), byteCount: 3) { [1, 2, 3] }
        #expect(Array(download.piece(1..<3).readableBytesView) == [2, 3])
        let end = try await downloads.content(.ledger(5..<8), byteCount: 3) { [5, 6, 7] }
        #expect(Array(end.piece(6..<7).readableBytesView) == [6])
        #expect(downloads.byteCount == 6)
        withExtendedLifetime((download, end)) {}
    }

    @Test
    func `what was read last is kept, within a bound`() async throws {
        let downloads = Downloads(byteCount: 100, unread: 20)
        for number in UInt8(0)..<4 {
            _ = try await downloads.content(.snapshot([number]), byteCount: 10) {
                [UInt8](repeating: number, count: 10)
            }
        }
        #expect(downloads.byteCount == 20)
        let last = try await downloads.content(.snapshot([3]), byteCount: 10) {
            Issue.record("read again")
            return []
        }
        #expect(last.piece(0..<1).readableBytes == 1)
        // One that is larger than all there is must still be possible, but not beside others.
        await #expect(throws: Refusal.self) {
            try await downloads.content(.ledger(0..<101), byteCount: 101) { [] }
        }
        withExtendedLifetime(last) {}
    }
}
