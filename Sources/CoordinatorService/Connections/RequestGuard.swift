internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Watches the requests on a connection of HTTP/1.1, or on a stream of HTTP/2: a body must come
/// within a time that follows from its length, and where a request is answered before its body is
/// there, the rest is not waited for.
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// A body may be this slow.
    private static let bytesPerSecond = 16_384
    /// How long a client may take to read the answer before the connection is closed under it.
    private static let linger = TimeAmount.seconds(2)

    private let limit: TimeAmount
    private let metrics: ServiceMetrics
    private var deadline: Scheduled<Void>?
    private var isReading = false
    private var unanswered = 0

    init(limit: TimeAmount, metrics: ServiceMetrics) {
        self.limit = limit
        self.metrics = metrics
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isReading = true
            unanswered += 1
            let seconds =
                (head.headerFields[.contentLength].flatMap { Int64($0) } ?? 0)
                .clamped(to: 0...1 << 40) / Int64(Self.bytesPerSecond)
            close(context, after: limit + .seconds(seconds), isTimeout: true)
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
        case .head(var head) where isUnwanted && !context.channel.isStream:
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head, .body:
            context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            if isUnwanted {
                context.flush()
                close(context, after: Self.linger, isTimeout: false)
            }
            unanswered -= 1
        }
    }

    /// Whether the request that is being answered is not there in full.
    private var isUnwanted: Bool { isReading && unanswered == 1 }

    private func close(
        _ context: ChannelHandlerContext, after time: TimeAmount, isTimeout: Bool
    ) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: time) { [metrics] in
            if isTimeout { metrics.timedOut() }
            channel.close(promise: nil)
        }
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
