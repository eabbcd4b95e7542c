import DifferentialPrivacy
import FederatedProtocol
@testable import Fleet
import PrivacyLedger
import RoundFixtures
import Sodium
import SwiftProtobuf
import Testing

/// A coordinator's enrolment, with tokens that can be made invalid.
private final class Registration: Sendable {
    let trust: LedgerTrust
    let identity: SigningKey
    private let issued = Counter()

    init() throws {
        identity = try SigningKey(seed: SecretBytes([UInt8](repeating: 3, count: 32)))
        trust = try LedgerTrust(
            opening: LedgerOpening(
                origin: "shop.example/recommender", publicKey: [UInt8](repeating: 1, count: 32),
                randomness: .operatingSystem, neighbouring: .zeroOutOne,
                target: PrivacyTarget(
                    budget: try PrivacyBudget(epsilon: 1, delta: 1e-6), against: .coordinator)))
    }

    /// - Parameter lifetime: Of a token, in milliseconds.
    func answer(
        _ request: HTTPExchangeRequest, lifetime: Int64 = 1_000_000
    ) throws -> HTTPExchangeResponse? {
        if request.isTo(.describe) {
            return try HTTPExchangeResponse(
                Covey_V1_DescribeResponse.with {
                    $0.challenge = Bytes("challenge".utf8)
                    $0.time = 5000
                })
        }
        guard request.isTo(.enrol) else { return nil }
        let enrol = try Covey_V1_EnrolRequest(serializedBytes: request.body)
        let hash = EnrolmentProof.hash(
            origin: trust.opening.origin, challenge: Array("challenge".utf8),
            identity: identity.publicKey)
        guard [UInt8](enrol.identity) == identity.publicKey, enrol.token == "once",
            SigningKey.isValid(
                [UInt8](enrol.signature), of: hash, publicKey: identity.publicKey)
        else { return try HTTPExchangeResponse(CallError(.unauthenticated, "no proof")) }
        return try HTTPExchangeResponse(
            Covey_V1_EnrolResponse.with {
                $0.bearer = "token-\(issued.next())"
                $0.expires = 5000 + lifetime
                $0.number = 17
            })
    }

    func device(_ exchange: ScriptedExchange) throws -> DeviceClient {
        DeviceClient(
            client: try CoordinatorClient(
                url: "http://127.0.0.1:1", exchange: exchange, retry: .quick), identity: identity,
            trust: trust, enrolmentToken: "once")
    }
}

struct DeviceClientTests {
    @Test func `a device proves its key and keeps its token`() async throws {
        let registration = try Registration()
        let exchange = ScriptedExchange { request in
            try registration.answer(request)
                ?? HTTPExchangeResponse(Covey_V1_CheckInResponse())
        }
        let device = try registration.device(exchange)
        #expect(try await device.enrol() == 17)
        for _ in 0..<3 {
            let _: Covey_V1_CheckInResponse = try await device.call(
                .checkIn, Covey_V1_CheckInRequest())
        }
        #expect(exchange.requests(to: .enrol).count == 1)
        #expect(exchange.requests(to: .checkIn).map(\.bearer) == ["token-1", "token-1", "token-1"])
    }

    @Test func `a token that is no longer taken is renewed once`() async throws {
        let registration = try Registration()
        let exchange = ScriptedExchange { request in
            if let answer = try registration.answer(request) { return answer }
            guard request.bearer == "token-2" else {
                return try HTTPExchangeResponse(CallError(.unauthenticated, "expired"))
            }
            return try HTTPExchangeResponse(Covey_V1_CheckInResponse())
        }
        let device = try registration.device(exchange)
        let _: Covey_V1_CheckInResponse = try await device.call(.checkIn, Covey_V1_CheckInRequest())
        #expect(exchange.requests(to: .checkIn).map(\.bearer) == ["token-1", "token-2"])
    }

    @Test func `a coordinator that takes no token is not asked without end`() async throws {
        let registration = try Registration()
        let exchange = ScriptedExchange { request in
            try registration.answer(request)
                ?? HTTPExchangeResponse(CallError(.unauthenticated, "never"))
        }
        let device = try registration.device(exchange)
        await #expect(throws: CallError(.unauthenticated, "never")) {
            let _: Covey_V1_CheckInResponse = try await device.call(
                .checkIn, Covey_V1_CheckInRequest())
        }
        #expect(exchange.requests(to: .checkIn).count == 2)
    }

    @Test func `a token is renewed before it expires`() async throws {
        let registration = try Registration()
        let exchange = ScriptedExchange { request in
            // Expired when it is issued, by the coordinator's clock.
            try registration.answer(request, lifetime: 0)
                ?? HTTPExchangeResponse(Covey_V1_CheckInResponse())
        }
        let device = try registration.device(exchange)
        for _ in 0..<2 {
            let _: Covey_V1_CheckInResponse = try await device.call(
                .checkIn, Covey_V1_CheckInRequest())
        }
        #expect(exchange.requests(to: .checkIn).map(\.bearer) == ["token-1", "token-2"])
    }
}
