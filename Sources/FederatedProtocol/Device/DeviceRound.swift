public import PrivacyLedger
internal import PrivateAggregation
internal import SecureAggregation
public import Sodium

/// One device's part in one round, as a state machine without I/O and clock. Each event returns
/// what to do next:
///
///     consider(offer, record:)   ->  charge: make the record durable, then
///     recordIsDurable()          ->  send the keys
///     receive(introductions)     ->  send the sealed shares
///     receive(delivered shares)  ->  contribute: compute the vector, then
///     contribute(vector)         ->  send the masked vector
///     receive(survivors)         ->  send the endorsement (members of the committee that are asked)
///     receive(request)           ->  finish: send the unmasking shares; nothing more comes
///
/// Messages are encoded ``SecureAggregation/AggregationMessage``s. An event that throws ends the
/// round for this device: its secrets are gone, and every later event throws.
///
/// The record is charged before the first message exists, and stays charged whatever becomes of the
/// round. The secrets of a round are never stored: where the process dies, the device is one of the
/// coordinator's dropouts, and its record refuses to join that round again. So a crash may
/// over-count, and never under-count.
///
/// A copy holds the same one-time masks. Go on with one of them only: two masked vectors of the same
/// round would give away their difference.
public struct DeviceRound<Randomness: RandomSource>: Sendable {
    /// How far the device is.
    public var step: DeviceStep {
        switch phase {
        case .idle: .idle
        case .charged: .charged
        case .advertised: .advertised
        case .shared: .shared
        case .receiving: .receiving
        case .contributed(_, let hasEndorsed): hasEndorsed ? .endorsed : .contributed
        case .finished: .finished
        case .left: .left
        }
    }

    private let identity: SigningKey
    private let terms: DeviceTerms
    private var phase: Phase

    private struct Session: Sendable {
        var device: PrivateSumDevice<Randomness>
        let accepted: AcceptedParameters

        var parameters: AggregationParameters { accepted.parameters }
    }

    /// Each phase holds what the next step needs, and no more.
    private enum Phase: Sendable {
        case idle(noise: Randomness, keys: Randomness)
        case charged(Session)
        case advertised(Session)
        case shared(Session)
        case receiving(Session, DeliveredShares)
        case contributed(Session, hasEndorsed: Bool)
        case finished
        case left
    }

    /// Gets ready for one round.
    ///
    /// - Parameters:
    ///   - identity: The device's enrolled key.
    ///   - terms: What the device insists on.
    ///   - noise: The source of rounding and noise: ``Sodium/SystemRandomness`` outside tests.
    ///   - keys: The source of keys and shares; a stream of its own.
    public init(identity: SigningKey, terms: DeviceTerms, noise: Randomness, keys: Randomness) {
        self.identity = identity
        self.terms = terms
        phase = .idle(noise: noise, keys: keys)
    }

    /// Looks at an offer: the ledger continues what the device saw of it and has task and plan; the
    /// round keeps to its task's policy, to the sampling claim and to the cap; the device is among
    /// those invited, and the masked sum is safe by its terms.
    ///
    /// - Parameters:
    ///   - offer: What the coordinator sent.
    ///   - record: The device's account as it was stored last.
    /// - Returns: What to store, and whether to go on.
    /// - Throws: ``DeviceRoundError/outOfOrder(after:)`` where an offer was considered before.
    public mutating func consider(
        _ offer: RoundOffer, record: DeviceRecord
    ) throws(DeviceRoundError) -> RoundDecision {
        guard case .idle(let noise, let keys) = phase else { throw leave() }
        phase = .left
        var observed = record
        do throws(DeviceRoundError) {
            try DeviceRoundError.naming {
                try observed.observe(offer.checkpoint, consistency: offer.consistency)
            }
            let charged = try charge(observed, for: offer)
            phase = .charged(try join(offer, record: observed, noise: noise, keys: keys))
            return .charge(charged)
        } catch { return .decline(error, observed) }
    }

    /// The record with the round charged to it.
    private func charge(
        _ record: DeviceRecord, for offer: RoundOffer
    ) throws(DeviceRoundError) -> DeviceRecord {
        let (task, plan) = (offer.task, offer.plan)
        guard offer.taskInclusion.isValid(under: offer.checkpoint),
            offer.taskInclusion.index < offer.planInclusion.index
        else { throw .taskNotInLedger(task.name) }
        guard plan.round < task.rounds else {
            throw .refused(.policyBroken("round \(plan.round + 1) of a task of \(task.rounds)"))
        }
        return try DeviceRoundError.naming {
            try record.check(plan, at: offer.planInclusion)
            var charged = record
            try charged.join(
                plan, of: task, membership: offer.membership, identity: identity.publicKey)
            try charged.check(task, afterRounds: plan.round + 1)
            let epsilon = try charged.epsilon
            guard epsilon <= terms.largestEpsilon else {
                throw DeviceRefusal.capExceeded(epsilon: epsilon, cap: terms.largestEpsilon)
            }
            return charged
        }
    }

    private func join(
        _ offer: RoundOffer, record: DeviceRecord, noise: Randomness, keys: Randomness
    ) throws(DeviceRoundError) -> Session {
        let sum = offer.plan.sum
        let dimension = max(sum.dimension, sum.encodedDimension)
        guard dimension <= terms.largestDimension else {
            throw .tooLarge(dimension: dimension, largest: terms.largestDimension)
        }
        return try DeviceRoundError.naming {
            let accepted = try terms.aggregationTerms(for: offer, record: record)
                .accept(try offer.parameters)
            return Session(
                device: try PrivateSumDevice(
                    encoder: try PrivateSumEncoder(plan: sum, session: offer.plan.session),
                    accepted: accepted, membership: offer.member, identity: identity, noise: noise,
                    keys: keys),
                accepted: accepted)
        }
    }

    /// The charged record is on the disk: makes the device's keys public.
    public mutating func recordIsDurable() throws(DeviceRoundError) -> RoundEffect {
        guard case .charged(var session) = phase else { throw leave() }
        phase = .left
        let advertisement = try DeviceRoundError.naming { try session.device.advertiseKeys() }
        phase = .advertised(session)
        return .send(advertisement.encoded)
    }

    /// Takes the coordinator's next message.
    ///
    /// - Throws: ``DeviceRoundError``: where it is not the message that is due, whole and true. The
    ///   device has left the round then.
    public mutating func receive(_ message: [UInt8]) throws(DeviceRoundError) -> RoundEffect {
        let (current, step) = (phase, step)
        phase = .left
        return try DeviceRoundError.naming {
            switch current {
            case .advertised(let session): try share(message, session)
            case .shared(let session): try take(message, session)
            case .contributed(let session, false)
            where message.first == UInt8(DeviceSet.kind):
                try endorse(message, session)
            case .contributed(let session, _): try unmask(message, session)
            default: throw DeviceRoundError.outOfOrder(after: step)
            }
        }
    }

    private mutating func share(_ message: [UInt8], _ session: Session) throws -> RoundEffect {
        var session = session
        let parameters = session.parameters
        let introductions = try PeerIntroductions(decoding: message, under: parameters)
        let shares = try session.device.shareKeys(
            with: introductions.peers.map { try $0.verified(under: parameters) })
        phase = .shared(session)
        return .send(shares.encoded)
    }

    private mutating func take(_ message: [UInt8], _ session: Session) throws -> RoundEffect {
        let delivered = try DeliveredShares(decoding: message, under: session.parameters)
        phase = .receiving(session, delivered)
        return .contribute
    }

    /// Clips, encodes, noises and masks the device's vector.
    ///
    /// - Parameter vector: The plan's `dimension` coordinates in real units.
    /// - Throws: ``DeviceRoundError``; the device has left the round then.
    public mutating func contribute(_ vector: [Float]) throws(DeviceRoundError) -> RoundEffect {
        guard case .receiving(var session, let delivered) = phase else { throw leave() }
        phase = .left
        let masked = try DeviceRoundError.naming {
            try session.device.contribute(vector, receiving: delivered)
        }
        phase = .contributed(session, hasEndorsed: false)
        return .send(masked.encoded)
    }

    private mutating func endorse(_ message: [UInt8], _ session: Session) throws -> RoundEffect {
        var session = session
        let endorsement = try session.device.endorse(
            try DeviceSet(decoding: message, under: session.parameters))
        phase = .contributed(session, hasEndorsed: true)
        return .send(endorsement.encoded)
    }

    private mutating func unmask(_ message: [UInt8], _ session: Session) throws -> RoundEffect {
        var session = session
        let request = try UnmaskingRequest(decoding: message, under: session.parameters)
        let shares = try session.device.unmask(try request.verified(by: session.accepted))
        phase = .finished
        return .finish(shares.encoded)
    }

    /// Leaves the round and forgets its secrets: conditions changed, time ran out, or the owner
    /// wants it so. The charge stays.
    public mutating func abandon() { phase = .left }

    private mutating func leave() -> DeviceRoundError {
        defer { phase = .left }
        return .outOfOrder(after: step)
    }
}
