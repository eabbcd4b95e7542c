package import FederatedProtocol
internal import SecureAggregation

extension LiveRound {
    /// What comes after the message of `kind` that a device handed in last.
    ///
    /// - Throws: ``FederatedProtocol/CallError``: `permission_denied` for devices of other rounds,
    ///   `invalid_argument` for kinds that devices do not send, `failed_precondition` where the
    ///   message itself is still due, or its answer served its purpose and is gone.
    package func receive(
        after kind: Int, by identity: [UInt8], now: Int64
    ) throws(CallError) -> Delivery {
        let device = try number(of: identity)
        guard let taken = RoundStep(rawValue: kind) else {
            throw CallError(
                .invalidArgument,
                "\(kind) is not the kind of a message that devices send: 1, 3, 5, 7 and 9 are")
        }
        switch outcome {
        case .completed? where survivors.contains(device):
            return .ended(completed: true, reason: "")
        case .completed?: return .ended(completed: false, reason: "the round went on without it")
        case .abandoned(let reason)?: return .ended(completed: false, reason: reason)
        case nil: break
        }
        guard !gone.contains(device) else {
            return .ended(completed: false, reason: "this device has left the round")
        }
        guard has(device, taken: taken) else {
            guard taken < step || taken == step && isClosed else {
                throw CallError(
                    .failedPrecondition,
                    "no message of kind \(kind) was accepted from this device; send it first")
            }
            return late(taken)
        }
        switch taken {
        case .advertising: return introductions(device, now)
        case .sharing: return try shares(device, now)
        case .masking, .endorsing, .unmasking: return request(after: taken, device, now)
        }
    }

    /// Whether a device's message of a step is in, as far as can be known here.
    private func has(_ device: Int, taken: RoundStep) -> Bool {
        if accepted[taken]?[device] != nil { return true }
        guard taken == .masking else { return false }
        return step > .masking
            ? survivors.contains(device) : uploads[device, default: replica] != replica
    }

    private func late(_ step: RoundStep) -> Delivery {
        .ended(completed: false, reason: "\(step.name) ended before this device's message came")
    }

    private func introductions(_ device: Int, _ now: Int64) -> Delivery {
        if step == .advertising { return wait(now) }
        guard step == .sharing || has(device, taken: .sharing) else { return late(.sharing) }
        return .message(coordinator.introductions(for: device).encoded)
    }

    private func shares(_ device: Int, _ now: Int64) throws(CallError) -> Delivery {
        if step == .sharing { return wait(now) }
        guard step == .masking && !isClosed || has(device, taken: .masking) else {
            return late(.masking)
        }
        // Delivered shares are gone with the step that needs them.
        guard step == .masking else { throw .notNow(.masking, current: step) }
        return .message(coordinator.shares(for: device).encoded)
    }

    private func request(after taken: RoundStep, _ device: Int, _ now: Int64) -> Delivery {
        switch step {
        case .endorsing
        where taken == .masking && !isClosed && committee.contains(device)
            && accepted[.endorsing]?[device] == nil:
            return .message(survivors.encoded)
        case .unmasking where taken < .unmasking && (!isClosed || has(device, taken: .unmasking)):
            guard let request = try? coordinator.unmaskingRequest(for: device) else {
                return wait(now)
            }
            return .message(request.encoded)
        default: return wait(now)
        }
    }

    // MARK: Waiting

    /// Up to the time when the step ends if answers go on coming as they have, but not so long that
    /// its end goes unnoticed: 8 shortest times, or an eighth of what was waited already. So a step
    /// that hangs on devices that are silent is asked about ever more seldom. The window begins at
    /// the deadline at the latest, and is then as wide as the shortest time, against a stampede.
    private func wait(_ now: Int64) -> Delivery {
        let poll = Int64(schedule.poll)
        guard let deadline else { return .wait(earliest: schedule.poll / 2, latest: schedule.poll) }
        let elapsed = min(max(0, now - stepBegan), deadline - stepBegan)
        let left = deadline - stepBegan - elapsed
        let missing = max(0, Int64(missing.count - (step == .masking ? remoteCollected : 0)))
        let answered = Int64(awaited) - missing
        let expected = answered > 0 ? elapsed * missing / answered : left
        let latest = min(max(min(expected, 8 * poll), elapsed / 8, poll), left + poll)
        return .wait(earliest: Int(min(latest / 2, left)), latest: Int(latest))
    }
}
