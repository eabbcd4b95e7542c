package import Coordinator
internal import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
internal import ServiceLifecycle

/// The coordinator on the network.
package struct CoordinatorServer: Sendable {
    private let configuration: ServerConfiguration
    private let calls: any CoordinatorCalls
    private let drain: @Sendable () async -> Void
    private let onListening: @Sendable (_ port: Int) async -> Void
    private let logger: Logger

    /// Prepares a server; nothing is bound before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: How to serve.
    ///   - calls: Who answers.
    ///   - drain: Ends what is under way in the coordinator, on a graceful shutdown.
    ///   - onListening: Is told the port once connections are accepted.
    package init(
        configuration: ServerConfiguration, calls: any CoordinatorCalls, logger: Logger,
        drain: @escaping @Sendable () async -> Void = {},
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.calls = calls
        self.drain = drain
        self.onListening = onListening
        self.logger = logger
    }

    /// Serves until the task is cancelled or a graceful shutdown is over. It may run as a service of
    /// ServiceLifecycle, or in a task of its own.
    package func run() async throws {
        let state = ServiceState()
        let metrics = ServiceMetrics()
        let limits = configuration.limits
        let responder = ServiceResponder(
            calls: calls, methods: ConnectMethod.services(calls) { state.isLeaving },
            gate: RequestGate(
                calls: calls, administrator: configuration.administrator, limits: limits),
            limits: limits, uploads: UploadSpace(byteCount: limits.uploadBytes), state: state,
            metrics: metrics, servesMetrics: true, logger: logger)
        let application = Application(
            responder: responder, server: .guarded(limits: limits, metrics: metrics),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.address, port: configuration.port),
                backlog: 1024),
            onServerRunning: { [onListening] channel in
                await onListening(channel.localAddress?.port ?? 0)
            },
            logger: quietLogger)
        // Services are shut down last to first: draining ends before connections are closed.
        var group = ServiceGroupConfiguration(
            services: [
                .init(service: application, failureTerminationBehavior: .gracefullyShutdownGroup),
                .init(
                    service: DrainService(state: state, limit: limits.drain, drain: drain),
                    failureTerminationBehavior: .gracefullyShutdownGroup),
            ], logger: quietLogger)
        group.maximumGracefulShutdownDuration = limits.drain + .seconds(5)
        try await ServiceGroup(configuration: group).run()
    }

    /// What libraries log below warnings has addresses in it.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}

extension HTTPServerBuilder {
    /// Connections of HTTP/1.1.
    fileprivate static func guarded(
        limits: ServiceLimits, metrics: ServiceMetrics
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            GuardedChannel(
                base: HTTP1Channel(
                    responder: responder,
                    configuration: .guarded(limits: limits, metrics: metrics)),
                limits: limits, metrics: metrics)
        }
    }
}

extension HTTP1Channel.Configuration {
    /// Requests of a connection or stream with a guard on them.
    fileprivate static func guarded(limits: ServiceLimits, metrics: ServiceMetrics) -> Self {
        Self(
            additionalChannelHandlers: [
                RequestGuard(limit: TimeAmount(limits.body), metrics: metrics)
            ],
            idleTimeout: TimeAmount(limits.idle),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 8_192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 100))
    }
}
