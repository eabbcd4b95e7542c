import Datasets
import DifferentialPrivacy
import FederatedProtocol
import Foundation
import PrivacyLedger
import PrivateAggregation
import Recommender
import SecureAggregation
import Simulation
import Sodium

@testable import Coordinator

/// A device that calls a coordinator of the same process, and keeps its account in memory.
actor DeviceInProcess {
    let number: Int
    let identity: SigningKey
    private let seed: UInt64
    private let history: [Interaction]
    private let algorithm: any FederatedAlgorithm
    private var record: DeviceRecord?
    private var bearer: String?
    private(set) var finished = 0
    /// Who collects at an address that has another host; nil where it does not answer.
    var collector: @Sendable (_ address: String) -> (any CoordinatorCalls)? = { _ in nil }
    private(set) var refusals: [String] = []
    /// What was sent in the last round.
    private(set) var sent: [(session: [UInt8], bytes: [UInt8])] = []

    init(number: Int, scenario: Scenario, data: Holdout, catalogue: Catalogue, devices: Int) throws
    {
        self.number = number
        seed = scenario.seed
        history = data.training
        algorithm = try scenario.makeAlgorithm(catalogue: catalogue, devices: devices)
        var randomness = SeededRandomness(seed: seed, label: "identity", "\(number)")
        identity = try SigningKey(
            seed: SecretBytes(count: SigningKey.seedLength, from: &randomness))
    }

    /// Enrols, or gets a new token.
    @discardableResult
    func enrol(_ calls: some CoordinatorCalls, token: String = "") async throws -> Int {
        let described = try await calls.describe()
        let entry = LedgerInclusion(entry: [UInt8](described.opening), index: 0, path: [])
        guard case .opening(let opening) = entry.content else {
            throw CocoaError(.coderInvalidValue)
        }
        if record == nil {
            record = try DeviceRecord(
                opening: opening, cap: try PrivacyBudget(epsilon: 1000, delta: 1e-6))
        }
        var request = Covey_V1_EnrolRequest()
        request.identity = Data(identity.publicKey)
        request.challenge = described.challenge
        request.token = token
        request.signature = Data(
            identity.sign(
                EnrolmentProof.hash(
                    origin: opening.origin, challenge: [UInt8](described.challenge),
                    identity: identity.publicKey)))
        let response = try await calls.enrol(request)
        bearer = response.bearer
        return Int(response.number)
    }

    func collect(at collector: @escaping @Sendable (String) -> (any CoordinatorCalls)?) {
        self.collector = collector
    }

    /// Takes part in whatever is offered until `isOver`.
    func takePart(
        in calls: some CoordinatorCalls, fate: @Sendable (Int) -> DeviceStep? = { _ in nil },
        until isOver: @Sendable () async -> Bool
    ) async {
        while await !isOver() {
            do {
                try await oneRound(calls, fate)
            } catch let error as CallError {
                refusals.append(error.message)
                if error.code == .unauthenticated { _ = try? await enrol(calls) }
                try? await Task.sleep(for: .milliseconds(50))
            } catch {
                refusals.append("\(error)")
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func oneRound(
        _ calls: some CoordinatorCalls, _ fate: (Int) -> DeviceStep?
    ) async throws {
        guard let bearer, let record else { return }
        let device = try await calls.authenticate(bearer)
        var checkIn = Covey_V1_CheckInRequest()
        checkIn.knownSize = UInt64(try record.checkpoint.map { try Checkpoint($0).size } ?? 0)
        let answer = try await calls.checkIn(checkIn, device: device)
        guard case .offer(let sent)? = answer.result else {
            try await Task.sleep(for: .milliseconds(30))
            return
        }
        let offer = try sent.offer
        let round = offer.plan.round
        var state = DeviceRound(
            identity: identity,
            terms: DeviceTerms(minimumSurvivors: 3, corruptShare: 0.05),
            noise: SeededRandomness(seed: seed, label: "noise", "\(round)", "\(number)"),
            keys: SeededRandomness(seed: seed, label: "keys", "\(round)", "\(number)"))
        switch try state.consider(offer, record: record) {
        case .decline(let reason, let observed):
            self.record = observed
            refusals.append("\(reason)")
            try await Task.sleep(for: .milliseconds(50))
            return
        case .charge(let charged): self.record = charged
        }
        let last = fate(round)
        self.sent = []
        if last == .charged { return try await leave(offer.plan.session, calls, device) }
        var effect = try state.recordIsDurable()
        var upload = ""
        while true {
            switch effect {
            case .contribute:
                let broadcast = try await calls.snapshot([UInt8](sent.broadcast.hash))
                effect = try state.contribute(try vector(for: offer.plan, broadcast))
            case .send(let message), .finish(let message):
                if message.first == UInt8(MaskedInput.kind) {
                    let isElsewhere = upload.hasPrefix("http")
                    guard let collector = isElsewhere ? collector(upload) : calls else { return }
                    try await collector.submitMaskedInput(
                        message, session: offer.plan.session,
                        ticket: isElsewhere ? String(upload.split(separator: "=")[1]) : nil,
                        device: device)
                } else {
                    var request = Covey_V1_SubmitMessageRequest()
                    request.session = Data(offer.plan.session)
                    request.message = Data(message)
                    _ = try await calls.submitMessage(request, device: device)
                }
                self.sent.append((offer.plan.session, message))
                if case .finish = effect {
                    finished += 1
                    return
                }
                if state.step == last {
                    return try await leave(offer.plan.session, calls, device)
                }
                guard
                    let next = try await next(
                        after: Int(message[0]), offer.plan.session, calls, device, &upload)
                else { return }
                effect = try state.receive(next)
            }
        }
    }

    /// Says that it is lost, so that nobody waits for it.
    private func leave(
        _ session: [UInt8], _ calls: some CoordinatorCalls, _ device: [UInt8]
    ) async throws {
        var request = Covey_V1_LeaveRoundRequest()
        request.session = Data(session)
        _ = try await calls.leaveRound(request, device: device)
    }

    private func next(
        after kind: Int, _ session: [UInt8], _ calls: some CoordinatorCalls, _ device: [UInt8],
        _ upload: inout String
    ) async throws -> [UInt8]? {
        var request = Covey_V1_ReceiveMessageRequest()
        request.session = Data(session)
        request.after = UInt32(kind)
        while true {
            switch try await calls.receiveMessage(request, device: device).result {
            case .message(let message)?:
                upload = message.upload
                return [UInt8](message.message)
            case .wait?: try await Task.sleep(for: .milliseconds(10))
            case .ended(let ended)?:
                refusals.append(ended.reason)
                return nil
            case nil: return nil
            }
        }
    }

    private func vector(for plan: RoundPlan, _ bytes: [UInt8]) throws -> [Float] {
        var randomness = SeededRandomness(
            seed: seed, label: "training", "\(plan.round)", "\(number)")
        let local: UInt64 = randomness.next()
        func statistic<Algorithm: FederatedAlgorithm>(_ algorithm: Algorithm) throws -> Statistic {
            var parameters: [Float] = []
            return algorithm.statistic(
                try algorithm.broadcast(from: try Snapshot(decoding: bytes)), of: history,
                privateParameters: &parameters, seed: local)
        }
        let statistic = try statistic(algorithm)
        var dense = [Float](repeating: 0, count: plan.sum.dimension)
        for (index, row) in statistic.rows.enumerated() {
            let place = Int(row) * statistic.width
            dense.replaceSubrange(
                place..<place + statistic.width,
                with: statistic.values[index * statistic.width..<(index + 1) * statistic.width])
        }
        return dense
    }
}
