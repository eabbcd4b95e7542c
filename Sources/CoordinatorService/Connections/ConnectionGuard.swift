internal import NIOCore
internal import NIOTLS

/// Watches a connection as bytes: counts it, and closes it where its client has too many, where nothing
/// moves, or where no TLS handshake comes about.
final class ConnectionGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let addresses: AddressConnections
    private let metrics: ServiceMetrics
    private var isOpen = false
    /// Whose connection it is, while it counts.
    private var client: IPAddress?

    init(addresses: AddressConnections, metrics: ServiceMetrics) {
        self.addresses = addresses
        self.metrics = metrics
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { open(context.channel) }
    }

    func channelActive(context: ChannelHandlerContext) {
        open(context.channel)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isOpen { metrics.connectionClosed() }
        isOpen = false
        if let client { addresses.close(client) }
        client = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case IdleStateHandler.IdleStateEvent.all = event else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        metrics.timedOut()
        context.close(promise: nil)
    }

    private func open(_ channel: any Channel) {
        guard !isOpen else { return }
        isOpen = true
        metrics.connectionOpened()
        guard let address = channel.remoteAddress?.ipAddress.flatMap({ IPAddress($0) }) else {
            return
        }
        guard addresses.open(address) else {
            metrics.connectionRefused()
            // Later, as the other handlers must have heard that there is a connection.
            channel.eventLoop.execute { channel.close(promise: nil) }
            return
        }
        client = address
    }
}

/// Closes a connection whose TLS handshake takes too long; stands behind the handler that does it.
final class HandshakeGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let limit: TimeAmount
    private let metrics: ServiceMetrics
    private var deadline: Scheduled<Void>?

    init(limit: TimeAmount, metrics: ServiceMetrics) {
        self.limit = limit
        self.metrics = metrics
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: limit) { [metrics] in
            metrics.timedOut()
            channel.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event { deadline?.cancel() }
        context.fireUserInboundEventTriggered(event)
    }
}
