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
    private let drain: @Sendable (_ limit: Duration) async -> Void
    private let onListening: @Sendable (_ port: Int) async -> Void
    private let onOperationsListening: @Sendable (_ port: Int) async -> Void
    private let logger: Logger

    /// Prepares a server; nothing is bound before ``run()``.
    ///
    /// - Parameters:
    ///   - configuration: How to serve.
    ///   - calls: Who answers.
    ///   - drain: Ends what is under way in the coordinator, on a graceful shutdown: waits for it as
    ///     long as it is told, and has a little longer to abandon the rest.
    ///   - onListening: Is told the port once connections are accepted.
    ///   - onOperationsListening: The same of the address for operators' tools.
    package init(
        configuration: ServerConfiguration, calls: any CoordinatorCalls, logger: Logger,
        drain: @escaping @Sendable (_ limit: Duration) async -> Void = { _ in },
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in },
        onOperationsListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.calls = calls
        self.drain = drain
        self.onListening = onListening
        self.onOperationsListening = onOperationsListening
        self.logger = logger
    }

    /// Serves until the task is cancelled or a graceful shutdown is over. It may run as a service of
    /// ServiceLifecycle, or in a task of its own.
    ///
    /// - Throws: ``ListeningError``, ``CertificateError``, ``SecretFileError``.
    package func run() async throws {
        let state = ServiceState()
        let metrics = ServiceMetrics()
        let limits = configuration.limits
        let certificates = try configuration.tls.map { try CertificateStore($0) }
        let responder = ServiceResponder(
            calls: calls, watched: WatchedCoordinator(calls, age: limits.watchedAge),
            methods: ConnectMethod.services(calls),
            gate: RequestGate(
                calls: calls, administrator: configuration.administrator, limits: limits),
            limits: limits, uploads: MemoryBudget(byteCount: limits.uploadBytes),
            callBodies: MemoryBudget(byteCount: limits.callBodyBytes, free: 4_096),
            downloads: Downloads(byteCount: limits.downloadBytes), state: state,
            metrics: metrics, surface: configuration.operations == nil ? .whole : .clients,
            pages: try Dashboard(), url: configuration.url, logger: logger)
        let main = application(
            responder, at: .init(address: configuration.address, port: configuration.port),
            .guarded(limits: limits, metrics: metrics, certificates: certificates),
            onListening: onListening)
        var services: [any Service] = [main]
        if let operations = configuration.operations {
            var responder = responder
            responder.surface = .operations
            services.append(
                application(
                    responder, at: operations, .guarded(limits: limits, metrics: metrics),
                    onListening: onOperationsListening))
        }
        if let certificates {
            services.append(CertificateWatcher(certificates: certificates, logger: logger))
        }
        // Services are shut down last to first: draining ends before connections are closed.
        services.append(DrainService(state: state, limit: limits.drain, drain: drain))
        var group = ServiceGroupConfiguration(services: services, logger: quietLogger)
        group.maximumGracefulShutdownDuration = limits.drain + .seconds(5)
        do { try await ServiceGroup(configuration: group).run() } catch let error as IOError {
            throw ListeningError(
                listeners: [configuration.address + ":\(configuration.port)"]
                    + [configuration.operations].compactMap {
                        $0.map { "\($0.address):\($0.port)" }
                    },
                code: error.errnoCode)
        }
    }

    private func application(
        _ responder: ServiceResponder, at listener: ServerConfiguration.Listener,
        _ connections: HTTPServerBuilder,
        onListening: @escaping @Sendable (_ port: Int) async -> Void
    ) -> some Service {
        Application(
            responder: responder, server: connections,
            configuration: ApplicationConfiguration(
                address: .hostname(listener.address, port: listener.port), backlog: 1024,
                availableConnectionsDelegate: .maximum(
                    configuration.limits.connections, logger: quietLogger)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: quietLogger)
    }

    /// What libraries log below warnings has addresses in it.
    private var quietLogger: Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}
