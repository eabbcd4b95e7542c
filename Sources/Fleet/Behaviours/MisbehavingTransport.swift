internal import FederatedProtocol
internal import OnDevice
internal import Sodium
internal import Synchronization

/// A device's transport with the faults of a behaviour: what it sends comes late, altered or not at all.
/// The participation behind it knows nothing of that.
final class MisbehavingTransport: RoundTransport {
    private let base: any RoundTransport
    private let behaviour: DeviceBehaviour
    /// The last message of each kind, from an earlier round.
    private let former = Mutex([UInt32: [UInt8]]())

    init(_ base: any RoundTransport, _ behaviour: DeviceBehaviour) {
        self.base = base
        self.behaviour = behaviour
    }

    func offer(knowing size: Int?) async throws -> RoundOffer? {
        try await base.offer(knowing: size)
    }

    func send(_ message: [UInt8], in session: [UInt8]) async throws {
        let kind = UInt32(message.first ?? 0)
        if let dropAt = behaviour.dropAt, dropAt.covers(kind) { throw Silence() }
        if let delay = behaviour.delay { try await Task.sleep(for: delay.draw()) }
        guard let misconduct = behaviour.misconduct else {
            return try await base.send(message, in: session)
        }
        try await base.send(altered(message, kind, misconduct), in: session)
        guard misconduct == .doubleContribution, kind == MessageKind.maskedInput else { return }
        // Refused, as it should be; the device goes on as if nothing were.
        try? await base.send(Alteration.flippingLast(message), in: session)
    }

    private func altered(
        _ message: [UInt8], _ kind: UInt32, _ misconduct: DeviceBehaviour.Misconduct
    ) -> [UInt8] {
        switch misconduct {
        case .replay:
            return former.withLock { former in
                defer { former[kind] = former[kind] ?? message }
                return former[kind] ?? message
            }
        case .garbage: return Alteration.garbage(like: message)
        case .wrongShare where kind == MessageKind.unmaskingShares,
            .wrongSealedShare where kind == MessageKind.sealedShares:
            return Alteration.flippingLast(message)
        case .oversize: return message + [UInt8](repeating: 0, count: 1 << 20)
        case .otherDevice where kind != MessageKind.sealedShares:
            return Alteration.renumbered(message)
        case .wrongSignature: return Alteration.wronglySigned(message, kind)
        case .wrongShare, .wrongSealedShare, .otherDevice, .doubleContribution: return message
        }
    }

    func nextMessage(in session: [UInt8]) async throws -> [UInt8]? {
        try await base.nextMessage(in: session)
    }

    func leave(_ session: [UInt8]) async throws {
        // Who is lost, or means harm, does not say so.
        guard behaviour.dropAt == nil, behaviour.misconduct == nil else { return }
        try await base.leave(session)
    }

    /// A device that is lost.
    private struct Silence: Error, CustomStringConvertible {
        var description: String { "lost, as its behaviour says" }
    }
}

/// Messages as they should not be (protocol/private-sum.md has their fields).
enum Alteration {
    /// Random bytes behind the first.
    static func garbage(like message: [UInt8]) -> [UInt8] {
        var bytes = message
        var randomness = SystemRandomness()
        randomness.fill(&bytes)
        return Array(message.prefix(1) + bytes.dropFirst())
    }

    /// Another last byte: of a vector, a ciphertext's tag or a share.
    static func flippingLast(_ message: [UInt8]) -> [UInt8] {
        var message = message
        if let last = message.indices.last { message[last] ^= 1 }
        return message
    }

    /// The number of the device, behind the first byte, is that of a neighbour.
    static func renumbered(_ message: [UInt8]) -> [UInt8] {
        var message = message
        if message.count > 1 { message[1] ^= 1 }
        return message
    }

    /// A signature with another first byte: behind the number in a masked input, else at the end.
    static func wronglySigned(_ message: [UInt8], _ kind: UInt32) -> [UInt8] {
        var message = message
        let place: Int
        switch kind {
        case MessageKind.maskedInput: place = 5
        case MessageKind.advertisement, MessageKind.endorsement:
            place = message.count - SigningKey.signatureLength
        default: return message
        }
        if message.indices.contains(place) { message[place] ^= 1 }
        return message
    }
}
