internal import FederatedProtocol
internal import PrivacyLedger
package import Sodium
package import SwiftProtobuf
internal import Synchronization

/// The calls of one device: enrolled under its identity, with a bearer token that is renewed when it
/// is about to expire or no longer taken.
package final class DeviceClient: Sendable {
    private struct Token: Sendable {
        let bearer: String
        let renewal: ContinuousClock.Instant
        let number: Int
    }

    package let client: CoordinatorClient
    private let identity: SigningKey
    private let trust: LedgerTrust
    private let enrolmentToken: String
    private let token = Mutex(Token?.none)

    /// - Parameters:
    ///   - client: The way to the coordinator.
    ///   - identity: The device's key.
    ///   - trust: The coordinator's ledger: it is to that name that the device proves its key.
    ///   - enrolmentToken: The operator's one-time token; empty where enrolment is open.
    package init(
        client: CoordinatorClient, identity: SigningKey, trust: LedgerTrust,
        enrolmentToken: String = ""
    ) {
        self.client = client
        self.identity = identity
        self.trust = trust
        self.enrolmentToken = enrolmentToken
    }

    /// Enrols the device, or finds that it is.
    ///
    /// - Returns: Its number in the population, from 0.
    /// - Throws: ``FleetError/enrolmentRefused(_:)``, or what the calls throw.
    @discardableResult
    package func enrol() async throws -> Int { try await renewed().number }

    private func renewed() async throws -> Token {
        let asked = ContinuousClock.now
        let described: Covey_V1_DescribeResponse = try await client.call(
            .describe, Covey_V1_DescribeRequest())
        var request = Covey_V1_EnrolRequest()
        request.identity = Bytes(identity.publicKey)
        request.challenge = described.challenge
        request.signature = Bytes(
            identity.sign(
                EnrolmentProof.hash(
                    origin: trust.opening.origin, challenge: [UInt8](described.challenge),
                    identity: identity.publicKey)))
        request.token = enrolmentToken
        let enrolled: Covey_V1_EnrolResponse
        do { enrolled = try await client.call(.enrol, request) } catch let error as CallError
            where error.code == .permissionDenied
        {
            throw FleetError.enrolmentRefused(error.message)
        }
        // By the coordinator's clock, which need not be this one's.
        let lifetime = Double(enrolled.expires) - Double(described.time)
        let token = Token(
            bearer: enrolled.bearer,
            renewal: asked + .milliseconds(0.9 * max(0, min(lifetime, 1e12))),
            number: Int(clamping: enrolled.number))
        self.token.withLock { $0 = token }
        return token
    }

    private func currentToken() async throws -> Token {
        if let token = token.withLock({ $0 }), .now < token.renewal { return token }
        return try await renewed()
    }

    /// The same device, with its token, over another client.
    func over(_ client: CoordinatorClient) -> DeviceClient {
        let device = DeviceClient(
            client: client, identity: identity, trust: trust, enrolmentToken: enrolmentToken)
        let current = token.withLock { $0 }
        device.token.withLock { $0 = current }
        return device
    }

    /// Makes a call under the device's token.
    package func call<Answer: Message>(
        _ procedure: Procedure, _ request: some Message & Sendable, at base: String? = nil
    ) async throws -> Answer {
        try await authorized {
            try await self.client.call(procedure, request, at: base, bearer: $0)
        }
    }

    /// Runs `body` with the token, and once more with a new one where it is not taken.
    package func authorized<Result: Sendable>(
        _ body: @Sendable (_ bearer: String) async throws -> Result
    ) async throws -> Result {
        let token = try await currentToken()
        do { return try await body(token.bearer) } catch let error as CallError
            where error.code == .unauthenticated
        {
            return try await body(try await renewed().bearer)
        }
    }
}
