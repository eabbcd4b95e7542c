internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Watches the requests on a connection of HTTP/1.1, or on a stream of HTTP/2: a body must come
/// within a time that follows from its length, and where a request is answered before its body is
/// there, the rest is not waited for. The answer must be taken in the like time, however slowly the
/// client reads.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a client may take to read the answer before the connection is closed under it.
    private static let linger = TimeAmount.seconds(2)

    private let limits: ServiceLimits
    private let metrics: ServiceMetrics
    private var deadline: Scheduled<Void>?
    private var sending: Scheduled<Void>?
    private var isReading = false
    private var unanswered = 0

    init(limits: ServiceLimits, metrics: ServiceMetrics) {
        self.limits = limits
        self.metrics = metrics
    }

    func handlerRemoved(context: ChannelHandlerContext) { stopClocks() }

    func channelInactive(context: ChannelHandlerContext) {
        stopClocks()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isReading = true
            unanswered += 1
            deadline?.cancel()
            deadline = close(context, after: time(for: head.headerFields), isTimeout: true)
            if unanswered == 1, head.headerFields[.expect]?.lowercased() == "100-continue" {
                let part = HTTPResponsePart.head(HTTPResponse(status: .continue))
                context.writeAndFlush(wrapOutboundOut(part), promise: nil)
            }
        case .body: break
        case .end:
            isReading = false
            deadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            sending?.cancel()
            sending = close(context, after: time(for: head.headerFields), isTimeout: true)
            if isUnwanted, !context.channel.isStream { head.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            // The promise is kept once the last byte is on its way.
            let sent = promise ?? context.eventLoop.makePromise()
            sent.futureResult.assumeIsolated().whenComplete { [sending] _ in sending?.cancel() }
            context.write(data, promise: sent)
            if isUnwanted {
                context.flush()
                deadline?.cancel()
                deadline = close(context, after: Self.linger, isTimeout: false)
            }
            unanswered -= 1
        }
    }

    /// Whether the request that is being answered is not there in full.
    private var isUnwanted: Bool { isReading && unanswered == 1 }

    /// How long a body may take, either way.
    private func time(for headers: HTTPFields) -> TimeAmount {
        let byteCount = (headers[.contentLength].flatMap { Int64($0) } ?? 0)
            .clamped(to: 0...1 << 40)
        return TimeAmount(limits.body)
            + .seconds(byteCount / Int64(limits.slowestBytesPerSecond))
    }

    private func close(
        _ context: ChannelHandlerContext, after time: TimeAmount, isTimeout: Bool
    ) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: time) { [metrics] in
            if isTimeout { metrics.timedOut() }
            channel.close(promise: nil)
        }
    }

    private func stopClocks() {
        deadline?.cancel()
        sending?.cancel()
    }
}

extension Channel {
    /// Whether it is a stream of HTTP/2: those belong to a connection, which belongs to a listener.
    fileprivate var isStream: Bool { parent?.parent != nil }
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
