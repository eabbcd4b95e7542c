import DifferentialPrivacy
import FederatedProtocol
@testable import Fleet
import PrivacyLedger
import Recommender
import RoundFixtures
import SecureAggregation
import Sodium
import SwiftProtobuf
import Testing

struct HTTPRoundTransportTests {
    private static let home = "http://127.0.0.1:1"
    private static let replica = "http://127.0.0.1:2"

    private let folder: ScratchFolder
    private let round: RoundInMemory
    private let trust: LedgerTrust
    private let session: [UInt8]

    init() throws {
        folder = try ScratchFolder()
        var world = try RoundWorld(
            devices: 12, ledger: folder.path("ledger"),
            queries: [
                SumQuery(
                    name: "q", dimension: 4, clippingNorm: 1, budgetShare: 1,
                    broadcastByteCount: 0)
            ])
        round = try world.open(0)
        trust = try LedgerTrust(opening: world.opening)
        session = round.plan.session
    }

    private func transport(
        _ answer: @escaping ScriptedExchange.Answer
    ) throws -> (HTTPRoundTransport, ScriptedExchange) {
        let exchange = ScriptedExchange { request in
            if request.isTo(.describe) {
                return try HTTPExchangeResponse(Covey_V1_DescribeResponse())
            }
            if request.isTo(.enrol) {
                return try HTTPExchangeResponse(
                    Covey_V1_EnrolResponse.with {
                        $0.bearer = "bearer"
                        $0.expires = 1_000_000
                    })
            }
            return try answer(request)
        }
        let device = DeviceClient(
            client: try CoordinatorClient(url: Self.home, exchange: exchange, retry: .quick),
            identity: round.identities[0], trust: trust)
        return (HTTPRoundTransport(device: device), exchange)
    }

    private func wait(
        _ earliest: UInt32, _ latest: UInt32, at coordinator: String = ""
    ) -> Covey_V1_Wait {
        .with {
            $0.earliestMs = earliest
            $0.latestMs = latest
            $0.coordinator = coordinator
        }
    }

    private func offer(
        at coordinator: String = "", broadcast: (hash: [UInt8], byteCount: Int)? = nil
    ) throws -> HTTPExchangeResponse {
        let offer = try round.parts(for: 0).offer()
        return try HTTPExchangeResponse(
            Covey_V1_CheckInResponse.with {
                $0.offer = Covey_V1_Offer(offer, broadcast: broadcast, coordinator: coordinator)
            })
    }

    @Test func `a device that is to wait is told for how long and where`() async throws {
        let (transport, exchange) = try transport { _ in
            try HTTPExchangeResponse(
                Covey_V1_CheckInResponse.with { $0.wait = self.wait(100, 700, at: Self.replica) })
        }
        #expect(try await transport.offer(knowing: 5) == nil)
        #expect(
            transport.window
                == PollingWindow(
                    earliest: .milliseconds(100), latest: .milliseconds(700),
                    coordinator: Self.replica))
        _ = try await transport.offer(knowing: nil)
        let visits = exchange.requests(to: .checkIn)
        #expect(visits[0].url.hasPrefix(Self.home) && visits[1].url.hasPrefix(Self.replica))
        #expect(try Covey_V1_CheckInRequest(serializedBytes: visits[0].body).knownSize == 5)
    }

    @Test func `a replica that went away is left for the first address`() async throws {
        let (transport, exchange) = try transport { request in
            guard request.url.hasPrefix(Self.home) else {
                throw ExchangeError.broken(url: request.url, reason: "gone")
            }
            return try HTTPExchangeResponse(
                Covey_V1_CheckInResponse.with { $0.wait = self.wait(0, 0, at: Self.replica) })
        }
        _ = try await transport.offer(knowing: nil)
        await #expect(throws: CallError.self) { _ = try await transport.offer(knowing: nil) }
        #expect(try await transport.offer(knowing: nil) == nil)
        #expect(exchange.requests.last?.url.hasPrefix(Self.home) == true)
    }

    @Test func `no window is endless, empty or the wrong way round`() {
        let long = PollingWindow(wait(.max, .max))
        #expect(long.latest == PollingWindow.longest)
        let none = PollingWindow(wait(0, 0))
        #expect(none.earliest == .zero && none.latest == PollingWindow.shortest)
        let turned = PollingWindow(wait(500, 100))
        #expect(turned.earliest == .milliseconds(500) && turned.latest == .milliseconds(500))
    }

    @Test func `messages go to the coordinator of the offer, and masked inputs to their address`()
        async throws
    {
        let (transport, exchange) = try transport { request in
            if request.isTo(.checkIn) { return try self.offer(at: Self.replica) }
            if request.isTo(.receiveMessage) {
                let asked = try Covey_V1_ReceiveMessageRequest(serializedBytes: request.body)
                return try HTTPExchangeResponse(
                    Covey_V1_ReceiveMessageResponse.with {
                        $0.message.message = Bytes([4, UInt8(asked.after)])
                        $0.message.upload = "/v1/sums/x/masked-inputs?ticket=t"
                    })
            }
            return HTTPExchangeResponse(status: 204)
        }
        let offer = try #require(try await transport.offer(knowing: nil))
        #expect(offer == (try round.parts(for: 0).offer()))
        try await transport.send([3, 1], in: session)
        #expect(try await transport.nextMessage(in: session) == [4, 3])
        try await transport.send([5, 1, 2], in: session)
        #expect(try await transport.nextMessage(in: session) == [4, 5])
        let submitted = try #require(exchange.requests(to: .submitMessage).first)
        #expect(submitted.url.hasPrefix(Self.replica))
        let message = try Covey_V1_SubmitMessageRequest(serializedBytes: submitted.body)
        #expect([UInt8](message.message) == [3, 1] && [UInt8](message.session) == session)
        let upload = try #require(exchange.requests.first { $0.body == [5, 1, 2] })
        #expect(upload.url == Self.replica + "/v1/sums/x/masked-inputs?ticket=t")
        #expect(upload.bearer == "bearer")
        #expect(exchange.requests(to: .submitMessage).count == 1)
    }

    @Test func `a masked input without an address goes nowhere`() async throws {
        let (transport, exchange) = try transport { _ in try self.offer() }
        _ = try await transport.offer(knowing: nil)
        let error = try await #require(throws: CallError.self) {
            try await transport.send([5], in: session)
        }
        #expect(error.code == .failedPrecondition)
        #expect(!exchange.requests.contains { $0.body == [5] })
    }

    @Test func `a session that was never offered is refused`() async throws {
        let (transport, _) = try transport { _ in try self.offer() }
        await #expect(throws: CallError.self) { try await transport.send([1], in: session) }
    }

    @Test func `a device asks until there is a message or an end`() async throws {
        let counter = Counter()
        let (transport, _) = try transport { request in
            if request.isTo(.checkIn) { return try self.offer() }
            return switch counter.next() {
            case 1, 2:
                try HTTPExchangeResponse(
                    Covey_V1_ReceiveMessageResponse.with { $0.wait = self.wait(0, 1) })
            case 3:
                try HTTPExchangeResponse(
                    Covey_V1_ReceiveMessageResponse.with { $0.message.message = Bytes([2]) })
            case 4:
                try HTTPExchangeResponse(
                    Covey_V1_ReceiveMessageResponse.with { $0.ended.completed = true })
            default: try HTTPExchangeResponse(CallError(.notFound, "no such round"))
            }
        }
        _ = try await transport.offer(knowing: nil)
        #expect(try await transport.nextMessage(in: session) == [2])
        #expect(try await transport.nextMessage(in: session) == nil)
        // A coordinator that was restarted.
        #expect(try await transport.nextMessage(in: session) == nil)
    }

    @Test func `a wait is left when its task is cancelled`() async throws {
        let (transport, _) = try transport { request in
            request.isTo(.checkIn)
                ? try self.offer()
                : try HTTPExchangeResponse(
                    Covey_V1_ReceiveMessageResponse.with { $0.wait = self.wait(.max, .max) })
        }
        _ = try await transport.offer(knowing: nil)
        let waiting = Task { try await transport.nextMessage(in: session) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
    }

    @Test func `a broadcast that is too long is not agreed to`() async throws {
        let hash = [UInt8](repeating: 1, count: 32)
        let (transport, _) = try transport { _ in
            try self.offer(broadcast: (hash, 1 << 40))
        }
        await #expect(throws: CallError.self) { _ = try await transport.offer(knowing: nil) }
        let (other, _) = try self.transport { _ in try self.offer(broadcast: (hash, 100)) }
        _ = try await other.offer(knowing: nil)
        #expect(other.broadcast(of: session)?.byteCount == 100)
    }

    @Test(arguments: ["http://127.0.0.1:3", "ftp://x", "//other.example/x", "nonsense"])
    func `an address that would leave TLS or http is refused`(address: String) throws {
        let client = try CoordinatorClient(
            url: "https://covey.example/base/",
            exchange: ScriptedExchange { _ in HTTPExchangeResponse(status: 200) })
        #expect(throws: ExchangeError.self) {
            try client.resolve(address, against: client.home)
        }
    }

    @Test func `a path is one on the server that was asked`() throws {
        let client = try CoordinatorClient(
            url: "https://covey.example:8443/base/",
            exchange: ScriptedExchange { _ in HTTPExchangeResponse(status: 200) })
        #expect(
            try client.resolve("/v1/sums/a", against: client.home)
                == "https://covey.example:8443/v1/sums/a")
        #expect(try client.resolve("", against: client.home) == client.home)
        #expect(
            try client.resolve("https://other.example", against: client.home)
                == "https://other.example")
    }
}
