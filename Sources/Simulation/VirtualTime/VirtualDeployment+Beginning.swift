internal import FederatedProtocol
internal import PrivacyLedger

extension VirtualDeployment {
    /// The coordinator looks whether a round may begin, as the real one does.
    mutating func look() {
        guard attempt == nil, !isAway else { return }
        guard clock >= nextRound else { return scheduleLook(at: nextRound) }
        if time.model == .asynchronous {
            formCohort()
            // What it waits for may be the end of its patience.
            if attempt == nil { scheduleLook(at: clock + 30) }
            return
        }
        guard let devices = cohort() else {
            // Looking takes longer with more devices.
            return scheduleLook(at: clock + 1 + Double(population) / 100_000)
        }
        begin(devices)
    }

    /// What a round needs where chance makes its cohort larger or smaller than was planned for.
    private mutating func take(cohortSize: Int) {
        let share = Double(work.unmaskingDevices) / Double(max(1, work.cohortSize))
        work.cohortSize = cohortSize
        work.minimumSurvivors = policy.minimumSurvivors(of: cohortSize)
        work.unmaskingDevices = min(
            work.minimumSurvivors, Int((share * Double(cohortSize)).rounded(.up)))
    }

    /// The devices of the next round; nil while it is better to wait for more.
    private mutating func cohort() -> [Int]? {
        let devices: [Int]
        switch policy.selection {
        case .everyone: devices = Array(0..<population)
        case .coins:
            if drawn == nil {
                let cohort = SimulatedCohorts(population: population, policy: policy, seed: seed)
                    .devices(of: attemptCount)
                drawn = (cohort, Set(cohort))
            }
            take(cohortSize: drawn?.cohort.count ?? 0)
            devices = drawn?.cohort ?? []
        case .rotation(let size), .limited(let size, _):
            updatePresence()
            let absent = rotation?.absentCount ?? 0
            lastLook = (size - absent, neededToBegin)
            // Drawing takes longer than counting.
            guard size - absent >= neededToBegin else { return nil }
            devices = rotation?.cohort(using: &draws) ?? []
            guard devices.count == size else { return nil }
        }
        let there = devices.count { isThere($0) }
        // Coins draw fewer devices than are planned for, or more.
        let needed = devices.count == work.cohortSize || hasWaited ? neededToBegin : devices.count
        lastLook = (there, needed)
        return devices.count >= 2 && there >= needed ? devices : nil
    }

    /// Whether the coordinator has waited for a whole cohort long enough.
    private var hasWaited: Bool { clock - nextRound >= time.gathering }

    /// How many devices must be there for a round to begin: the whole cohort at first, then so many that
    /// half of the losses that are tolerated may still come, and after an hour as many as a sum needs.
    /// With fewer than half, most attempts of small cohorts fail; the last devices of a turn may never
    /// be there in such numbers at the same time.
    var neededToBegin: Int {
        let (least, most) = (work.minimumSurvivors, work.cohortSize)
        guard hasWaited else { return most }
        return clock - nextRound < max(time.gathering, 3600)
            ? least + max(0, most - least + 1) / 2 : least
    }

    /// Whether a device checked in lately.
    private func isThere(_ device: Int) -> Bool {
        time.holdsDevices
            ? phones[device].status == .held
            : phones[device].lastNear >= clock - PresenceLog.presence
    }

    /// Tells the rotation who came and who went since the last look.
    mutating func updatePresence() {
        // Devices that are held arrive and leave by themselves.
        guard !time.holdsDevices else { return }
        while let device = presence.takeDeparture(at: clock) {
            if !isThere(device) { rotation?.leave(device) }
        }
        while let device = presence.takeArrival() { rotation?.arrive(device) }
    }

    /// Begins a round with devices of which not all need be there.
    private mutating func begin(_ devices: [Int]) {
        open(devices)
        rotation?.invite(devices)
        drawn = nil
        if heldCount > 0 {
            for (place, device) in devices.enumerated() where phones[device].status == .held {
                stopHolding(device)
                meter.disconnect()
                phones[device].place = Int32(place)
                join(device)
            }
            freeHeld()
        }
    }

    /// Lets those go that were kept for nothing.
    mutating func freeHeld() {
        guard heldCount > 0 else { return }
        for device in phones.indices where phones[device].status == .held {
            release(device, .comesBack)
        }
    }

    /// Makes an attempt at a round.
    mutating func open(_ devices: [Int]) {
        deadlineStamp &+= 1
        var members = devices.map { RoundAttempt.Member(device: $0) }
        var places = Array(members.indices)
        for index in 0..<min(work.committeeSize, places.count) {
            places.swapAt(index, Int.random(in: index..<places.count, using: &draws))
            members[places[index]].endorses = true
        }
        for (place, device) in devices.enumerated() { phones[device].place = Int32(place) }
        attempt = RoundAttempt(
            members: members, number: attemptCount, began: clock,
            goal: time.goal(
                invited: devices.count, minimumSurvivors: work.minimumSurvivors),
            stamp: deadlineStamp, awaited: devices.count)
        attemptCount += 1
        scheduleDeadline(of: .advertising)
    }

    mutating func scheduleDeadline(of step: RoundStep) {
        queue.push(
            Event(
                time: clock + Double(time.schedule.milliseconds(of: step)) / 1000,
                device: CoordinatorEvent.deadline, stamp: deadlineStamp))
    }
}
