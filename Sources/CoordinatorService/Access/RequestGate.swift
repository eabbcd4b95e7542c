internal import Coordinator
internal import FederatedProtocol
internal import HTTPTypes
internal import HummingbirdCore

/// Lets requests in: those that come not too often, and where they need it, with a token.
struct RequestGate: Sendable {
    /// What a request shows to be let in.
    struct Credentials: Sendable {
        fileprivate var bearer: String?
    }

    private let calls: any CoordinatorCalls
    private let administrator: AdministratorToken?
    private let proxies: TrustedProxies
    private let addresses: RateLimiter<IPAddress>?
    private let devices: RateLimiter<[UInt8]>?

    init(
        calls: any CoordinatorCalls, administrator: AdministratorToken?, limits: ServiceLimits
    ) {
        self.calls = calls
        self.administrator = administrator
        proxies = TrustedProxies(ranges: limits.trustedProxies)
        addresses = Self.limiter(perSecond: limits.requestsPerAddress)
        devices = Self.limiter(perSecond: limits.requestsPerDevice)
    }

    private static func limiter<Key>(perSecond: Double) -> RateLimiter<Key>? {
        perSecond > 0 ? RateLimiter(perSecond: perSecond, burst: 4 * perSecond) : nil
    }

    /// Admits a request by its address.
    func admit(
        _ request: Request, from peer: IPAddress?, at now: ContinuousClock.Instant
    ) throws(Refusal) -> Credentials {
        let address = proxies.client(
            peer: peer, forwardedFor: HTTPField.Name.xForwardedFor.flatMap { request.headers[$0] })
        if let address, let wait = addresses?.admit(address.subscriber, at: now) {
            throw .tooMuch("too many requests from this address", retryAfter: wait)
        }
        return Credentials(bearer: Self.bearer(of: request))
    }

    /// The identity of the device that asks.
    func device(
        _ credentials: Credentials, at now: ContinuousClock.Instant
    ) async throws -> [UInt8] {
        guard let bearer = credentials.bearer else {
            throw CallError(
                .unauthenticated, "send 'authorization: Bearer' with the token that Enrol gives")
        }
        let identity = try await calls.authenticate(bearer)
        if let wait = devices?.admit(identity, at: now) {
            throw Refusal.tooMuch("too many requests of this device", retryAfter: wait)
        }
        return identity
    }

    /// Makes sure that an operator asks.
    func requireAdministrator(_ credentials: Credentials) throws(CallError) {
        guard let administrator else {
            throw CallError(
                .unauthenticated, "this coordinator has no administrator's token, so nobody may")
        }
        guard let bearer = credentials.bearer, administrator.matches(bearer) else {
            throw CallError(
                .unauthenticated, "send 'authorization: Bearer' with the administrator's token")
        }
    }

    private static func bearer(of request: Request) -> String? {
        guard let value = request.headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1].trimmed
    }
}
