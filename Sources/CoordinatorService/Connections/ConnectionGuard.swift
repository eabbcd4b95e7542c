internal import NIOCore
internal import NIOTLS

/// Watches a connection as bytes: counts it, and closes it where nothing moves, or where no TLS
/// handshake comes about.
final class ConnectionGuard: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let metrics: ServiceMetrics
    private var isCounted = false

    init(metrics: ServiceMetrics) { self.metrics = metrics }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { count() }
    }

    func channelActive(context: ChannelHandlerContext) {
        count()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isCounted { metrics.connectionClosed() }
        isCounted = false
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

    private func count() {
        guard !isCounted else { return }
        isCounted = true
        metrics.connectionOpened()
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
