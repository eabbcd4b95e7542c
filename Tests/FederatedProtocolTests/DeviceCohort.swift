import FederatedProtocol
import PrivacyLedger
import PrivateAggregation
import RoundFixtures
import Sodium

/// All devices of one round, driven step by step.
struct DeviceCohort {
    var round: RoundInMemory
    var devices: [DeviceRound<SeededRandomness>]
    var records: [DeviceRecord]
    /// What each device is to send.
    var outbox: [Int: [UInt8]] = [:]

    static func device(
        _ number: Int, of world: RoundWorld, terms: DeviceTerms? = nil, label: String = "0"
    ) -> DeviceRound<SeededRandomness> {
        DeviceRound(
            identity: world.identities[number], terms: terms ?? world.terms,
            noise: SeededRandomness(seed: 5, label: "noise", label, "\(number)"),
            keys: SeededRandomness(seed: 5, label: "keys", label, "\(number)"))
    }

    /// Invites all devices to a round; every one of them joins.
    init(_ world: inout RoundWorld, round number: Int = 0, records: [DeviceRecord]? = nil) throws {
        round = try world.open(number)
        self.records =
            try records ?? world.identities.indices.map { _ in try world.record() }
        devices = world.identities.indices.map { [world] in
            Self.device($0, of: world, label: "\(number)")
        }
        for device in devices.indices {
            let seen = try self.records[device].checkpoint.map {
                text throws in try Checkpoint(text).size
            }
            let offer = try round.parts(
                for: device, consistency: world.consistency(from: seen)
            ).offer()
            switch try devices[device].consider(offer, record: self.records[device]) {
            case .charge(let charged): self.records[device] = charged
            case .decline(let reason, _): throw reason
            }
            try take(try devices[device].recordIsDurable(), device)
        }
    }

    private mutating func take(_ effect: RoundEffect, _ device: Int) throws {
        switch effect {
        case .send(let message), .finish(let message): outbox[device] = message
        case .contribute:
            outbox[device] = nil
            try take(try devices[device].contribute(Self.vector(of: device, round)), device)
        }
    }

    /// A device's vector, within the clipping norm.
    static func vector(of device: Int, _ round: RoundInMemory) -> [Float] {
        let dimension = round.plan.sum.dimension
        let scale = Float(round.plan.sum.clippingNorm) / Float(dimension).squareRoot()
        return (0..<dimension).map { scale * ((device + $0) % 3 == 0 ? 1 : -0.5) }
    }

    /// Delivers what the devices have to send, but for those in `lost`, ends the step, and gives
    /// them the coordinator's answers.
    mutating func advance(losing lost: Set<Int> = []) throws {
        for (device, message) in outbox.sorted(by: { $0.key < $1.key })
        where !lost.contains(device) {
            try round.receive(message, from: device)
        }
        let present = Set(outbox.keys).subtracting(lost)
        // Those that were not asked for an endorsement wait for the next message.
        let waiting = devices.indices.filter {
            round.step == .endorsing && !lost.contains($0) && devices[$0].step == .contributed
        }
        try round.endStep()
        outbox = [:]
        for device in present.union(waiting) {
            guard let message = try round.message(for: device) else { continue }
            try take(try devices[device].receive(message), device)
        }
    }
}
