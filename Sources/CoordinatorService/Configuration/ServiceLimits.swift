/// What clients may use of a coordinator. A rate of 0 is no limit.
package struct ServiceLimits: Sendable {
    /// Requests a second of one device; four times as many at once.
    package var requestsPerDevice = 20.0
    /// Requests a second of one client address, or of 64 bits of version 6; four times as many at
    /// once. Many devices may share an address.
    package var requestsPerAddress = 1_000.0
    /// The most connections at one time; others wait to be accepted.
    package var connections = 10_000
    /// The most connections of one client address, or of 64 bits of version 6; 0 is no limit. Trusted
    /// proxies have none.
    package var connectionsPerAddress = 256
    /// The memory for masked inputs that are being received, in bytes.
    package var uploadBytes = 1 << 30
    /// The memory for the bodies of devices' and everybody's calls at one time, in bytes.
    package var callBodyBytes = 256 << 20
    /// The memory for snapshots, models and ledgers that are being sent, in bytes.
    package var downloadBytes = 1 << 30
    /// The largest body of a call, in bytes, also after decompression.
    package var callBytes = 1 << 20
    /// The largest body of an operator's call: item catalogues are sent in one.
    static let administrationBytes = 256 << 20
    /// How long a connection may be without a byte, and without the whole head of a request.
    package var idle = Duration.seconds(60)
    /// How long a TLS handshake may take.
    package var handshake = Duration.seconds(10)
    /// How long the body of a request may take, and an answer, beside the time that
    /// ``slowestBytesPerSecond`` gives.
    package var body = Duration.seconds(30)
    /// Bodies and answers may be this slow.
    package var slowestBytesPerSecond = 16_384
    /// How long a coordinator that is told to stop goes on with what is under way.
    package var drain = Duration.seconds(30)
    /// How old may be what pages, metrics and load balancers are told.
    package var watchedAge = Duration.seconds(1)
    /// The proxies whose `X-Forwarded-For` is believed.
    package var trustedProxies: [AddressRange] = []

    /// The standard limits.
    package init() {}
}
