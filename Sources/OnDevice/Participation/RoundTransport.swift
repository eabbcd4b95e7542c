public import FederatedProtocol

/// How a device reaches its coordinator. The coordinator knows which device it talks to, and the
/// bytes are public within the protocol, so that any authenticated channel will do.
///
/// Every function has to end with an error soon after its task is cancelled, as those of
/// `URLSession` do: deadlines and withdrawn consent arrive that way.
///
/// ```swift
/// struct HTTPTransport: RoundTransport {
///     let coordinator: URL
///
///     func offer(knowing size: Int?) async throws -> RoundOffer? {
///         let bytes = try await get("offer?knowing=\(size ?? 0)")
///         return try bytes.map(readOffer)
///     }
///
///     func send(_ message: [UInt8], in session: [UInt8]) async throws {
///         var request = URLRequest(url: coordinator.appending(path: "rounds/\(hex(session))"))
///         request.httpMethod = "POST"
///         _ = try await URLSession.shared.upload(for: request, from: Data(message))
///     }
///
///     // Long polling: the answer comes when the next message is there.
///     func nextMessage(in session: [UInt8]) async throws -> [UInt8]? {
///         try await get("rounds/\(hex(session))/next")
///     }
///
///     func leave(_ session: [UInt8]) async throws { … }
/// }
/// ```
public protocol RoundTransport: Sendable {
    /// The round that this device is invited to now; nil where there is none.
    ///
    /// - Parameter size: The number of entries of the checkpoint that the device saw last, from
    ///   which the offer's consistency proof starts; nil before the first.
    func offer(knowing size: Int?) async throws -> RoundOffer?

    /// Hands a message to the coordinator.
    ///
    /// - Parameters:
    ///   - message: An encoded ``SecureAggregation/AggregationMessage``.
    ///   - session: The name of the sum, 32 bytes.
    func send(_ message: [UInt8], in session: [UInt8]) async throws

    /// Waits for the coordinator's next message to this device; nil where it has ended the round.
    func nextMessage(in session: [UInt8]) async throws -> [UInt8]?

    /// Tells the coordinator that the device has left, so that it need not wait.
    func leave(_ session: [UInt8]) async throws
}
