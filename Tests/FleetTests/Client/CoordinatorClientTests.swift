import FederatedProtocol
import Fleet
import Sodium
import Synchronization
import SwiftProtobuf
import Testing

/// How many requests a script has seen.
final class Counter: Sendable {
    private let count = Mutex(0)

    /// The number of this call, from 1.
    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}

struct CoordinatorClientTests {
    private func client(_ exchange: ScriptedExchange) throws -> CoordinatorClient {
        try CoordinatorClient(url: "http://127.0.0.1:1/", exchange: exchange, retry: .quick)
    }

    private func tasks(_ client: CoordinatorClient) async throws -> Covey_V1_ListTasksResponse {
        try await client.call(.listTasks, Covey_V1_ListTasksRequest())
    }

    private func answer() throws -> HTTPExchangeResponse {
        var answer = Covey_V1_ListTasksResponse()
        answer.tasks = [.with { $0.name = "films" }]
        return try HTTPExchangeResponse(answer)
    }

    @Test func `a call goes to its path with Connect's headers`() async throws {
        let exchange = ScriptedExchange { _ in try self.answer() }
        let found = try await tasks(try client(exchange))
        #expect(found.tasks.map(\.name) == ["films"])
        let request = try #require(exchange.requests.first)
        #expect(request.url == "http://127.0.0.1:1/covey.v1.CoordinatorService/ListTasks")
        let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
        #expect(headers["content-type"] == "application/proto")
        #expect(headers["connect-protocol-version"] == "1")
        #expect(headers["connect-timeout-ms"] == "30000")
        #expect(headers["authorization"] == nil)
    }

    @Test func `what fails for a while is tried again with the same bytes`() async throws {
        let counter = Counter()
        let exchange = ScriptedExchange { request in
            switch counter.next() {
            case 1: throw ExchangeError.broken(url: request.url, reason: "the answer got lost")
            case 2: return try HTTPExchangeResponse(CallError(.unavailable, "starting"))
            case 3: throw ExchangeError.timedOut(url: request.url)
            default: return try self.answer()
            }
        }
        let client = try client(exchange)
        _ = try await tasks(client)
        #expect(exchange.requests.count == 4)
        #expect(Set(exchange.requests.map(\.body)).count == 1)
        #expect(client.traffic.counts.retries == 3)
        #expect(client.traffic.counts.errors == ["unavailable": 2, "deadline_exceeded": 1])
    }

    @Test func `an error that lasts is not tried again`() async throws {
        let exchange = ScriptedExchange { _ in
            try HTTPExchangeResponse(CallError(.permissionDenied, "no"))
        }
        let client = try client(exchange)
        await #expect(throws: CallError(.permissionDenied, "no")) {
            _ = try await self.tasks(client)
        }
        #expect(exchange.requests.count == 1)
    }

    @Test func `a coordinator that stays away is given up on`() async throws {
        let exchange = ScriptedExchange { request in
            throw ExchangeError.broken(url: request.url, reason: "refused")
        }
        let client = try client(exchange)
        let error = try await #require(throws: CallError.self) { _ = try await self.tasks(client) }
        #expect(error.code == .unavailable)
        #expect(exchange.requests.count == 4)
    }

    @Test func `a status without an error in its body stands for one`() async throws {
        let exchange = ScriptedExchange { _ in
            HTTPExchangeResponse(status: 404, headers: [("content-type", "text/html")])
        }
        let client = try client(exchange)
        let error = try await #require(throws: CallError.self) { _ = try await self.tasks(client) }
        #expect(error.code == .unimplemented)
    }

    @Test func `an answer that is no such message is an error and no crash`() async throws {
        let exchange = ScriptedExchange { _ in
            HTTPExchangeResponse(status: 200, body: [0xFF, 0xFF, 0xFF])
        }
        let client = try client(exchange)
        let error = try await #require(throws: CallError.self) { _ = try await self.tasks(client) }
        #expect(error.code == .dataLoss)
    }

    @Test func `a snapshot is taken only under its own hash`() async throws {
        let bytes = [UInt8]("a snapshot".utf8)
        let exchange = ScriptedExchange { _ in HTTPExchangeResponse(status: 200, body: bytes) }
        let client = try client(exchange)
        let hash = BLAKE2b.hash(bytes)
        #expect(try await client.snapshot(hash, byteCount: bytes.count) == bytes)
        let other = BLAKE2b.hash([1])
        let error = try await #require(throws: CallError.self) {
            _ = try await client.snapshot(other, byteCount: bytes.count)
        }
        #expect(error.code == .dataLoss)
        #expect(exchange.requests.first?.largestResponse == bytes.count)
        #expect(
            exchange.requests.first?.url.hasSuffix("/v1/snapshots/\(hexadecimal(hash))") == true)
    }

    @Test(arguments: ["", "covey.example", "ftp://covey.example", "http://", "file:///etc/passwd"])
    func `what is no http URL is refused`(url: String) {
        #expect(throws: ExchangeError.invalidURL(url)) {
            try CoordinatorClient(url: url, exchange: ScriptedExchange { _ in try self.answer() })
        }
    }

    @Test func `pauses are drawn up to a limit that doubles`() {
        let policy = RetryPolicy(base: .seconds(1), cap: .seconds(4), attempts: 5)
        for (failures, limit) in [(1, 1), (2, 2), (3, 4), (4, 4), (100, 4)] {
            let drawn = (0..<200).map { _ in policy.pause(after: failures) }
            #expect(drawn.allSatisfy { $0 >= .zero && $0 <= .seconds(limit) })
            // Fails by chance with a probability of 2^-200.
            #expect(drawn.contains { $0 > .seconds(limit) / 2 })
        }
        #expect(policy.pause(after: 1, askedFor: .seconds(7)) == .seconds(7))
        #expect(policy.pause(after: 1, askedFor: .seconds(1_000_000)) == .seconds(3600))
    }

    @Test func `a device waits as long as the coordinator asks`() async throws {
        let counter = Counter()
        let exchange = ScriptedExchange { _ in
            guard counter.next() > 1 else {
                return try HTTPExchangeResponse(
                    CallError(.resourceExhausted, "too many"), headers: [("Retry-After", "0.05")])
            }
            return try self.answer()
        }
        let start = ContinuousClock.now
        _ = try await tasks(try client(exchange))
        // A lower bound only: a busy machine may take longer.
        #expect(.now - start >= .milliseconds(50))
    }
}
