internal import HummingbirdCore
internal import HummingbirdHTTP2
internal import NIOCore

extension HTTPServerBuilder {
    /// Connections with guards on them: HTTP/1.1, or with certificates HTTP/1.1 and HTTP/2 over TLS.
    static func guarded(
        limits: ServiceLimits, metrics: ServiceMetrics, certificates: CertificateStore? = nil
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            let requests = HTTP1Channel.Configuration.guarded(limits: limits, metrics: metrics)
            let addresses = AddressConnections(
                limit: limits.connectionsPerAddress,
                proxies: TrustedProxies(ranges: limits.trustedProxies))
            guard let certificates else {
                let base = HTTP1Channel(responder: responder, configuration: requests)
                return GuardedChannel(
                    base: base, limits: limits, addresses: addresses, metrics: metrics)
            }
            let base = try HTTP2UpgradeChannel(
                tlsConfiguration: certificates.configuration,
                configuration: HTTP2ChannelConfiguration(
                    idleTimeout: limits.idle, gracefulCloseTimeout: .seconds(5),
                    streamConfiguration: requests), responder: responder)
            return GuardedChannel(
                base: base, limits: limits, addresses: addresses, metrics: metrics)
        }
    }
}

extension HTTP1Channel.Configuration {
    /// Requests of a connection or stream with a guard on them.
    fileprivate static func guarded(limits: ServiceLimits, metrics: ServiceMetrics) -> Self {
        Self(
            additionalChannelHandlers: [
                RequestGuard(limits: limits, metrics: metrics)
            ],
            idleTimeout: TimeAmount(limits.idle),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 8_192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 100))
    }
}
