import NIOCore
import NIOPosix

/// A connection on which a test sends what no well-behaved client would.
struct RawConnection {
    /// Runs `body` beside a connection on which something is sent and nothing read.
    static func unread<Result>(
        port: Int, sending text: String, _ body: () async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port).get()
        defer { channel.close(promise: nil) }
        try await channel.writeAndFlush(ByteBuffer(string: text))
        return try await body()
    }

    /// Everything that the server sends until it closes the connection.
    ///
    /// - Parameters:
    ///   - port: Where it listens.
    ///   - text: Sent at once.
    ///   - trickle: Sent after that, a byte now and then, as long as the server listens.
    ///   - isHalfClosed: Whether to say that nothing more comes.
    static func transcript(
        port: Int, sending text: String, trickling trickle: String = "",
        halfClosing isHalfClosed: Bool = false
    ) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            if !text.isEmpty { try await outbound.write(ByteBuffer(string: text)) }
            if isHalfClosed { outbound.finish() }
            let trickling = Task {
                while !trickle.isEmpty {
                    for byte in trickle.utf8 {
                        try await outbound.write(ByteBuffer(bytes: [byte]))
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
            }
            defer { trickling.cancel() }
            var received = ""
            do {
                for try await part in inbound { received += String(buffer: part) }
            } catch {
                // A connection that is reset is closed too.
            }
            return received
        }
    }
}
