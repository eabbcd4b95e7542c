import Coordinator
import CoordinatorService
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Coordinator and server in one process, from start to signal.
struct ServingProcess {
    let coordinator: PopulationCoordinator
    let server: CoordinatorServer
    let logger: Logger

    /// Runs both. The first signal has them end in order, the second ends the process.
    func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        // The server is shut down first, and the coordinator once nobody asks any more.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: Leading(coordinator: coordinator)),
                    .init(service: Answering(server: server)),
                ], logger: quiet))
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let stopping = Task { [logger] in
            var isStopping = false
            for await signal in signals {
                guard !isStopping else {
                    logger.warning("ended at once", metadata: ["signal": "\(signal)"])
                    exit(1)
                }
                isStopping = true
                logger.info("stopping", metadata: ["signal": "\(signal)"])
                await group.triggerGracefulShutdown()
            }
        }
        defer { stopping.cancel() }
        try await group.run()
        logger.info("stopped")
    }

    private struct Leading: Service {
        let coordinator: PopulationCoordinator

        func run() async throws {
            await cancelWhenGracefulShutdown { await coordinator.run() }
        }
    }

    private struct Answering: Service {
        let server: CoordinatorServer

        func run() async throws { try await server.run() }
    }
}
