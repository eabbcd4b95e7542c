package import FederatedProtocol
internal import Foundation
internal import OnDevice
internal import PrivacyLedger
internal import Sodium
internal import Synchronization

/// One device's way to its coordinator in rounds: ``OnDevice/RoundTransport`` over calls.
///
/// Offers and windows may name another replica; the device follows, and comes back to the address it
/// was set up with when that one cannot be reached.
package final class HTTPRoundTransport: RoundTransport {
    /// The broadcast that the query of a round needs.
    package struct BroadcastReference: Sendable, Hashable {
        package let hash: [UInt8]
        package let byteCount: Int
        /// Where it is to be had.
        package let coordinator: String
    }

    /// What is known of a round that was offered.
    private struct Round: Sendable {
        let session: [UInt8]
        let coordinator: String
        let broadcast: BroadcastReference?
        /// Where the masked input goes.
        var upload: String?
        /// The kind of the message that was handed in last.
        var after: UInt32 = 0
    }

    private struct State: Sendable {
        var coordinator: String
        var window: PollingWindow?
        /// The last two rounds: that of now, and the one that a late message may still be of.
        var rounds: [Round] = []
    }

    package let device: DeviceClient
    private let state: Mutex<State>
    private let largestBroadcast: Int

    /// - Parameters:
    ///   - device: The device's calls.
    ///   - largestBroadcast: The most bytes of a broadcast that the device agrees to load.
    package init(device: DeviceClient, largestBroadcast: Int = 1 << 29) {
        self.device = device
        self.largestBroadcast = largestBroadcast
        state = Mutex(State(coordinator: device.client.home))
    }

    /// When to check in again, after an offer that was none.
    package var window: PollingWindow? { state.withLock { $0.window } }

    /// The broadcast of a round that was offered; nil where its query needs none.
    package func broadcast(of session: [UInt8]) -> BroadcastReference? {
        round(session)?.broadcast
    }

    // MARK: RoundTransport

    package func offer(knowing size: Int?) async throws -> RoundOffer? {
        var request = Covey_V1_CheckInRequest()
        request.knownSize = UInt64(size ?? 0)
        let asked = state.withLock { $0.coordinator }
        let answer: Covey_V1_CheckInResponse
        do { answer = try await device.call(.checkIn, request, at: asked) } catch {
            // A replica that went away: the next question goes where the device began.
            state.withLock { $0.coordinator = device.client.home }
            throw error
        }
        switch answer.result {
        case .wait(let wait):
            let next = try device.client.resolve(wait.coordinator, against: asked)
            state.withLock {
                $0.window = PollingWindow(wait)
                $0.coordinator = next
            }
            return nil
        case .offer(let offered):
            let offer = try offered.offer
            let base = try device.client.resolve(offered.coordinator, against: asked)
            let round = Round(
                session: offer.plan.session, coordinator: base,
                broadcast: try reference(offered, at: base))
            state.withLock {
                $0.window = nil
                $0.rounds.removeAll { $0.session == round.session }
                $0.rounds = $0.rounds.suffix(1) + [round]
            }
            return offer
        case nil: throw CallError(.dataLoss, "the answer to a check-in is neither offer nor window")
        }
    }

    private func reference(
        _ offered: Covey_V1_Offer, at base: String
    ) throws -> BroadcastReference? {
        guard offered.hasBroadcast else { return nil }
        let byteCount = Int(clamping: offered.broadcast.byteCount)
        guard byteCount <= largestBroadcast else {
            throw CallError(
                .outOfRange,
                "the round's broadcast has \(byteCount) bytes, where this device loads "
                    + "\(largestBroadcast) at most")
        }
        return BroadcastReference(
            hash: [UInt8](offered.broadcast.hash), byteCount: byteCount, coordinator: base)
    }

    package func send(_ message: [UInt8], in session: [UInt8]) async throws {
        let round = try known(session)
        let kind = UInt32(message.first ?? 0)
        if kind == MessageKind.maskedInput {
            guard let upload = round.upload else {
                throw CallError(
                    .failedPrecondition, "the coordinator named no address for the masked input")
            }
            let client = device.client
            try await device.authorized { bearer in
                try await client.upload(message, to: upload, bearer: bearer)
            }
        } else {
            var request = Covey_V1_SubmitMessageRequest()
            request.session = Bytes(session)
            request.message = Bytes(message)
            let _: Covey_V1_SubmitMessageResponse = try await device.call(
                .submitMessage, request, at: round.coordinator)
        }
        update(session) { $0.after = kind }
    }

    package func nextMessage(in session: [UInt8]) async throws -> [UInt8]? {
        let round = try known(session)
        var request = Covey_V1_ReceiveMessageRequest()
        request.session = Bytes(session)
        request.after = round.after
        while true {
            let answer: Covey_V1_ReceiveMessageResponse
            do {
                answer = try await device.call(.receiveMessage, request, at: round.coordinator)
            } catch let error as CallError where error.code == .notFound {
                // A coordinator that was restarted knows nothing of its cohorts.
                return nil
            }
            switch answer.result {
            case .wait(let wait): try await PollingWindow(wait).wait()
            case .message(let message):
                if !message.upload.isEmpty {
                    let url = try device.client.resolve(
                        message.upload, against: round.coordinator)
                    update(session) { $0.upload = url }
                }
                return [UInt8](message.message)
            case .ended: return nil
            case nil:
                throw CallError(.dataLoss, "the answer is neither message, window nor end")
            }
        }
    }

    package func leave(_ session: [UInt8]) async throws {
        guard let round = round(session) else { return }
        var request = Covey_V1_LeaveRoundRequest()
        request.session = Bytes(session)
        let _: Covey_V1_LeaveRoundResponse = try await device.call(
            .leaveRound, request, at: round.coordinator)
    }

    private func round(_ session: [UInt8]) -> Round? {
        state.withLock { state in state.rounds.first { $0.session == session } }
    }

    private func known(_ session: [UInt8]) throws -> Round {
        guard let round = round(session) else {
            throw CallError(
                .failedPrecondition, "no round of the session \(hexadecimal(session)) was offered")
        }
        return round
    }

    private func update(_ session: [UInt8], _ change: (inout Round) -> Void) {
        state.withLock { state in
            guard let index = state.rounds.firstIndex(where: { $0.session == session }) else {
                return
            }
            change(&state.rounds[index])
        }
    }
}
