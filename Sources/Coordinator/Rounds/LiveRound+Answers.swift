internal import FederatedProtocol
package import SecureAggregation

extension LiveRound {
    /// What is to be done outside of the round.
    package enum Event: Sendable {
        /// Masking is over: the partial sums of other processes are to be merged, then
        /// ``LiveRound/endCollection()``.
        case closeCollection
        /// The sum of these devices, by their numbers in the roster, is to be charged durably, then
        /// ``LiveRound/chargeIsDurable(now:)``. `perStep` has the devices that advertised, shared
        /// and masked.
        case charge(survivors: [Int], perStep: [Int])
        /// The sum can be unmasked: ``SecureAggregation/AggregationCoordinator/reveal()``, which
        /// takes its time, then ``LiveRound/complete()`` or ``LiveRound/abandon(_:)``.
        case reveal(AggregationCoordinator)
        /// Too few devices are left; the round is over.
        case failed(step: String, left: Int, needed: Int)
    }

    /// What a device is told that asks for its next message.
    package enum Delivery: Sendable, Hashable {
        /// It is not there yet: ask again after a random time from `earliest` to `latest`, in
        /// milliseconds.
        case wait(earliest: Int, latest: Int)
        /// An encoded message of the private sum.
        case message([UInt8])
        /// Nothing more comes: the sum has this device's vector and was revealed, or the reason why
        /// not.
        case ended(completed: Bool, reason: String)
    }

    /// How a round ended.
    package enum Outcome: Sendable, Hashable {
        /// The sum was revealed.
        case completed
        /// It stays masked, and why.
        case abandoned(reason: String)
    }
}

extension CallError {
    /// Why a device's message of `step` was refused.
    init(_ error: AggregationError, in step: RoundStep) {
        switch error {
        case .malformed, .undecodable, .otherSession:
            self.init(.invalidArgument, "\(error); send what the protocol prescribes")
        case .forgedSignature:
            self.init(.permissionDenied, "\(error); sign with the enrolled key")
        case .duplicate: self = .sentOther(step)
        case .unknownDevice:
            self.init(
                .failedPrecondition,
                "\(step.name) goes on without this device, which did not take the step before or "
                    + "is not asked here; check in for another round")
        default: self.init(.failedPrecondition, error.description)
        }
    }

    /// A device that sends two messages for one step.
    static func sentOther(_ step: RoundStep) -> CallError {
        CallError(
            .alreadyExists,
            "another message of this device was accepted for \(step.name); only the same bytes may "
                + "be sent again")
    }

    /// A message or question of a step that the round is not in.
    static func notNow(_ step: RoundStep, current: RoundStep) -> CallError {
        CallError(
            .failedPrecondition,
            step < current
                ? "\(step.name) is over, and the round is at \(current.name); check in for another"
                : "\(step.name) has not begun, the round is at \(current.name); ask for the "
                    + "message that leads to it")
    }
}
