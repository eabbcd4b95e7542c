internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOSSL

/// A kind of connection with guards on it.
struct GuardedChannel<Base: ServerChildChannel>: ServerChildChannel {
    typealias Value = Base.Value

    let base: Base
    let limits: ServiceLimits
    let addresses: AddressConnections
    let metrics: ServiceMetrics

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        do {
            try channel.pipeline.syncOperations.addHandlers([
                IdleStateHandler(allTimeout: TimeAmount(limits.idle)),
                ConnectionGuard(addresses: addresses, metrics: metrics),
            ])
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        let value = base.setup(channel: channel, logger: logger)
        let pipeline = channel.pipeline.syncOperations
        if let secure = try? pipeline.handler(type: NIOSSLServerHandler.self) {
            let guardian = HandshakeGuard(limit: TimeAmount(limits.handshake), metrics: metrics)
            try? pipeline.addHandler(guardian, position: .after(secure))
        }
        return value
    }

    func handle(value: Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}
