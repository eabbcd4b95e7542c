internal import FederatedProtocol
internal import OnDevice
internal import Synchronization

/// A transport that has an offer in its hand: devices ask for rounds without opening their stores, and
/// only what they were offered goes through a participation.
final class HeldOffer: RoundTransport {
    private let base: any RoundTransport
    private let held: Mutex<RoundOffer?>
    private let knownSize: Int?
    private let asked = Mutex(Int?.none)

    /// What the device said to know when it was asked to take part.
    var askedSize: Int? { asked.withLock { $0 } }

    /// - Parameters:
    ///   - base: Carries everything else.
    ///   - offer: What was offered.
    ///   - size: What the device said to know when it was.
    init(_ base: any RoundTransport, offer: RoundOffer, knowing size: Int?) {
        self.base = base
        held = Mutex(offer)
        knownSize = size
    }

    func offer(knowing size: Int?) async throws -> RoundOffer? {
        asked.withLock { $0 = size }
        let offer = held.withLock { held in
            defer { held = nil }
            return held
        }
        if let offer, size == knownSize { return offer }
        return try await base.offer(knowing: size)
    }

    func send(_ message: [UInt8], in session: [UInt8]) async throws {
        try await base.send(message, in: session)
    }

    func nextMessage(in session: [UInt8]) async throws -> [UInt8]? {
        try await base.nextMessage(in: session)
    }

    func leave(_ session: [UInt8]) async throws { try await base.leave(session) }
}
