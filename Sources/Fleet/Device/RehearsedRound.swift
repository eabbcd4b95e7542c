internal import DifferentialPrivacy
internal import FederatedProtocol
internal import Foundation
internal import OnDevice
internal import PrivacyLedger
internal import Simulation
internal import Sodium

/// A device's part in a round of a rehearsal: as ``OnDevice/Participation`` takes it, but with the noise,
/// the keys and the fate that the simulator gives a device of its number, so that the sum is the
/// simulator's, bit for bit. It protects nobody, and the ledger's opening says so.
struct RehearsedRound: Sendable {
    let number: Int
    let identity: SigningKey
    let trust: LedgerTrust
    let cap: PrivacyBudget
    let terms: DeviceTerms
    let store: BehaviourStore
    let transport: any RoundTransport
    let contributor: FleetContributor
    let scenario: Scenario

    private static let recordDocument = "rehearsal account"

    /// The number of entries of the checkpoint that the device saw last.
    static func knownSize(in store: BehaviourStore) throws -> Int? {
        try record(in: store)?.checkpoint.map { try Checkpoint($0).size }
    }

    private static func record(in store: BehaviourStore) throws -> DeviceRecord? {
        try store.document(recordDocument).map {
            try JSONDecoder().decode(DeviceRecord.self, from: Data($0))
        }
    }

    private func save(_ record: DeviceRecord) throws {
        try store.setDocument(Self.recordDocument, [UInt8](try JSONEncoder().encode(record)))
    }

    /// Takes an offered round to its end, or to where the device is lost.
    func take(_ offer: RoundOffer) async throws -> RoundReport.Result {
        let plan = offer.plan
        let fate =
            FaultModel(seed: scenario.seed, dropout: scenario.dropout)
            .fates(round: plan.round, devices: [number]).first ?? .stays
        guard fate.advertises else { return .left(after: .idle, reason: "lost, as simulated") }
        let record = try Self.record(in: store) ?? DeviceRecord(opening: trust.opening, cap: cap)
        var round = DeviceRound(
            identity: identity, terms: terms,
            noise: SimulatedDraws.stream(
                "noise", seed: scenario.seed, round: plan.round, device: number),
            keys: SimulatedDraws.stream(
                "keys", seed: scenario.seed, round: plan.round, device: number))
        switch try round.consider(offer, record: record) {
        case .decline(let reason, let observed):
            try save(observed)
            return .declined(reason: reason.description)
        case .charge(let charged): try save(charged)
        }
        var effect = try round.recordIsDurable()
        while true {
            try Task.checkCancellation()
            switch effect {
            case .send(let message):
                guard fate.sends(message) else { break }
                try await transport.send(message, in: plan.session)
                guard let next = try await transport.nextMessage(in: plan.session) else {
                    return .left(after: round.step, reason: "the coordinator has ended the round")
                }
                effect = try round.receive(next)
                continue
            case .contribute:
                guard fate.masks else { break }
                effect = try round.contribute(try await contributor.contribution(to: plan))
                continue
            case .finish(let message):
                guard fate.unmasks else { break }
                try await transport.send(message, in: plan.session)
                return .finished
            }
            return .left(after: round.step, reason: "lost, as simulated")
        }
    }
}

extension Fate {
    /// Whether a device of this fate gets to sending a message.
    fileprivate func sends(_ message: [UInt8]) -> Bool {
        switch UInt32(message.first ?? 0) {
        case MessageKind.advertisement: advertises
        case MessageKind.sealedShares: shares
        case MessageKind.maskedInput: masks
        default: unmasks
        }
    }
}
