package import FederatedProtocol
package import PrivacyLedger
package import SecureAggregation

/// One round while it is under way, as a state machine without I/O and clock.
///
/// Devices hand messages in (``submit(_:from:)``, ``submitMasked(_:from:)``), ask for what comes next
/// (``receive(after:by:now:)``) and may ``leave(_:)``. After each of these, and when ``deadline`` has
/// come, ``advance(now:)`` closes steps and says what is to be done:
///
///     closeCollection  ->  merge(partial) for each other process, then endCollection()
///     charge           ->  make the charge durable, then chargeIsDurable(now:)
///     reveal           ->  reveal the sum elsewhere, then complete() or abandon(reason)
///     failed           ->  the round is over
///
/// Every call may be repeated: bytes that were accepted are accepted again at any time of the round,
/// and the same question has the same answer. A message that is refused changes nothing. Times are
/// milliseconds of a clock that never goes back. Beyond what the masked sum keeps, a device costs a
/// digest a step.
package struct LiveRound: Sendable {
    /// What was announced.
    package let plan: RoundPlan
    /// The masked sum.
    package let parameters: AggregationParameters
    /// When the round began.
    package private(set) var began: Int64
    /// The step under way, or the last one.
    package internal(set) var step = RoundStep.advertising
    /// When each step ended, in milliseconds after ``began``.
    package private(set) var stepEnds: [Int] = []
    /// How the round ended; nil while it is under way.
    package private(set) var outcome: Outcome?
    /// How many masked inputs other processes have collected for this sum.
    package var remoteCollected = 0

    let schedule: StepSchedule
    let roster: Roster
    /// This process, among those that collect masked inputs.
    let replica: String
    let committee: Set<Int>
    var coordinator: AggregationCoordinator
    /// The step takes no more messages, and the round waits for the caller.
    var isClosed = false
    /// When the step began, and how many devices it waits for since then.
    private(set) var stepBegan: Int64
    private(set) var awaited: Int
    /// The devices that the step still waits for.
    var missing: Set<Int>
    /// The devices that left.
    var gone: Set<Int> = []
    /// The messages that were accepted, by step and device.
    var accepted: [RoundStep: [Int: MessageDigest]] = [:]
    /// The processes that devices were told to upload to.
    var uploads: [Int: String] = [:]
    /// The processes whose partial sums are in.
    var merged: Set<String> = []
    private var isCollected = false
    /// The devices in the sum, from the end of masking on.
    private(set) var survivors: DeviceSet

    /// Begins a round: its devices are to be offered it.
    ///
    /// - Parameters:
    ///   - plan: What was announced.
    ///   - parameters: The masked sum.
    ///   - roster: The devices of the round.
    ///   - schedule: How long each step waits.
    ///   - replica: The name of this process, where others collect masked inputs too.
    ///   - now: The time.
    /// - Throws: ``SecureAggregation/AggregationError/invalidParameters(_:)``.
    package init(
        plan: RoundPlan, parameters: AggregationParameters, roster: Roster,
        schedule: StepSchedule, replica: String = "", now: Int64
    ) throws(AggregationError) {
        self.plan = plan
        self.parameters = parameters
        self.schedule = schedule
        self.roster = roster
        self.replica = replica
        coordinator = try AggregationCoordinator(parameters: parameters, roster: roster)
        committee = Set(coordinator.committee)
        began = now
        stepBegan = now
        awaited = parameters.cohortSize
        missing = Set(0..<parameters.cohortSize)
        survivors = DeviceSet([], cohortSize: parameters.cohortSize)
    }

    /// Lets the round begin at another time than it was made.
    mutating func begin(now: Int64) { (began, stepBegan) = (now, now) }

    /// When ``advance(now:)`` is to be called at the latest; nil where the round waits for the caller
    /// or is over.
    package var deadline: Int64? {
        outcome == nil && !isClosed ? stepBegan + schedule.milliseconds(of: step) : nil
    }

    /// How many devices answered each step so far: advertising, sharing, masking, unmasking.
    package var survivorsPerStep: [Int] {
        let ended = coordinator.survivorsPerStep
        let current = accepted[step]?.count ?? 0
        return switch step {
        case .advertising where ended.isEmpty, .sharing where ended.count == 1: ended + [current]
        case .masking where ended.count == 2: ended + [current + remoteCollected]
        case .unmasking: ended + [current]
        default: ended
        }
    }

    /// The name of the step under way, as the pages show it; nil where the round is over.
    package var stepName: String? {
        guard outcome == nil else { return nil }
        return step == .unmasking && isClosed ? "revealing" : step.name
    }

    /// The number of a device of this round.
    func number(of identity: [UInt8]) throws(CallError) -> Int {
        guard let number = roster.number(of: identity) else {
            throw CallError(
                .permissionDenied, "this device is not in the round; check in to be offered one")
        }
        return number
    }

    /// A device takes no further part: no step waits for it any more. Its masked input, where it sent
    /// one, stays in the sum.
    ///
    /// - Throws: ``FederatedProtocol/CallError`` (`permission_denied`) for a device that was not
    ///   invited.
    package mutating func leave(_ identity: [UInt8]) throws(CallError) {
        let device = try number(of: identity)
        guard outcome == nil else { return }
        gone.insert(device)
        // Whether another process has its masked input is not known before the sums are merged: one
        // that counted twice would end the step before another device's came.
        if step != .masking || uploads[device, default: replica] == replica {
            missing.remove(device)
        }
    }

    // MARK: Steps

    /// Closes steps whose devices have all answered or whose time is up.
    ///
    /// - Returns: What is to be done, if anything; call again once it is begun.
    package mutating func advance(now: Int64) -> Event? {
        while outcome == nil {
            do throws(AggregationError) {
                if isClosed {
                    guard step == .masking, isCollected else { return nil }
                    survivors = try coordinator.endMasking()
                    begin(.endorsing, with: committee.filter(survivors.contains), now: now)
                    continue
                }
                guard isOver(at: now) else { return nil }
                switch step {
                case .advertising:
                    try coordinator.endAdvertising()
                    begin(.sharing, with: Set(accepted[step, default: [:]].keys), now: now)
                case .sharing:
                    try coordinator.endSharing()
                    begin(.masking, with: Set(accepted[step, default: [:]].keys), now: now)
                case .masking:
                    isClosed = true
                    return .closeCollection
                case .endorsing:
                    guard coordinator.hasQuorum else {
                        throw .tooFewEndorsements(
                            valid: accepted[step]?.count ?? 0, needed: parameters.committee.quorum)
                    }
                    isClosed = true
                    return .charge(
                        survivors: survivors.devices, perStep: coordinator.survivorsPerStep)
                case .unmasking:
                    isClosed = true
                    stepEnds.append(Int(now - began))
                    return .reveal(coordinator)
                }
            } catch { return fail(error) }
        }
        return nil
    }

    private func isOver(at now: Int64) -> Bool {
        if let deadline, now >= deadline { return true }
        return switch step {
        case .masking: missing.count <= remoteCollected
        case .endorsing: coordinator.hasQuorum || missing.isEmpty
        default: missing.isEmpty
        }
    }

    private mutating func begin(_ next: RoundStep, with devices: Set<Int>, now: Int64) {
        stepEnds.append(Int(now - began))
        step = next
        isClosed = false
        stepBegan = now
        missing = devices.subtracting(gone)
        awaited = missing.count
    }

    private mutating func fail(_ error: AggregationError) -> Event {
        outcome = .abandoned(reason: error.description)
        return switch error {
        case .tooFewDevices(let step, let left, let needed):
            .failed(step: step, left: left, needed: needed)
        case .tooFewEndorsements(let valid, let needed):
            .failed(step: "endorse the survivors", left: valid, needed: needed)
        default: .failed(step: step.name, left: 0, needed: parameters.minimumSurvivors)
        }
    }

    /// All partial sums are merged: ``advance(now:)`` goes on.
    package mutating func endCollection() { isCollected = step == .masking && isClosed }

    /// The charge of ``Event/charge(survivors:perStep:)`` is durable: devices may be asked for their
    /// shares.
    package mutating func chargeIsDurable(now: Int64) {
        guard step == .endorsing, isClosed, outcome == nil else { return }
        do {
            try coordinator.endEndorsing { _, _ in }
            begin(.unmasking, with: Set(survivors.devices), now: now)
        } catch { outcome = .abandoned(reason: "\(error)") }
    }

    /// The sum was revealed and taken in.
    package mutating func complete() {
        guard step == .unmasking, isClosed, outcome == nil else { return }
        outcome = .completed
    }

    /// Gives the round up; devices that ask are told why. Nothing is revealed.
    package mutating func abandon(_ reason: String) {
        if outcome == nil { outcome = .abandoned(reason: reason) }
    }
}
