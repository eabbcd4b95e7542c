internal import FederatedProtocol
internal import PrivacyLedger

extension VirtualDeployment {
    /// Whether a device that checks in may train now: a place is free, and it may be in another sum by
    /// what the policy claims of participations.
    mutating func mayTrain(_ device: Int) -> Bool {
        trainingCount < time.concurrency(cohortSize: work.cohortSize) && isDue(device)
    }

    /// Whether a device may be in the next sum.
    private func isDue(_ device: Int) -> Bool {
        guard let rotation else { return true }
        return rotation.invitationCount(of: device)
            < policy.mostParticipations(in: rounds + 1, population: population)
    }

    /// A device downloads the model and trains.
    mutating func train(_ device: Int) {
        meter.connect()
        trainingCount += 1
        phones[device].version = Int32(truncatingIfNeeded: version)
        // Attempts are counted from 0 up, trainings downwards, so that they draw anew.
        var ability = ability(
            of: device, in: -1 - Int(phones[device].checkIns), crash: time.phones.crash / 2)
        let job = job(
            RoundWork.Step(
                down: work.broadcastBytes,
                seconds: work.learningSeconds(interactions: Int(interactions[device]))),
            polls: false, &ability)
        meter.request(at: clock, bytesIn: 0, bytesOut: work.broadcastBytes)
        let end = clock + job.duration
        let crash = ability.crash.map { clock + $0.moment * job.duration } ?? .infinity
        let lost = min(crash, phones[device].windowEnd)
        var cost = PhoneCost()
        if lost < end {
            phones[device].status =
                crash <= phones[device].windowEnd ? .crashingTraining : .leavingTraining
            charge(job.cost.part((lost - clock) / job.duration), to: device, &cost)
            schedule(device, at: lost)
        } else {
            phones[device].status = .training
            charge(job.cost, to: device, &cost)
            schedule(device, at: end)
        }
        pendingCosts[device] = cost
    }

    /// A device is lost while it trains.
    mutating func loseTraining(_ device: Int, _ afterwards: Afterwards) {
        trainingCount -= 1
        waste(pendingCosts.removeValue(forKey: device) ?? PhoneCost())
        release(device, afterwards)
    }

    /// A device has trained and waits for a cohort.
    mutating func finishTraining(_ device: Int) {
        trainingCount -= 1
        makeReady(device)
        formCohort()
    }

    private mutating func makeReady(_ device: Int) {
        phones[device].status = .ready
        phones[device].place = -1
        schedule(device, at: phones[device].windowEnd)
        buffer.append((Int32(device), phones[device].stamp))
        readyCount += 1
    }

    /// Begins a sum if enough devices are ready, those that finished first. Where they are fewer than a
    /// cohort has places, absent devices have the others.
    mutating func formCohort() {
        let needed = neededToBegin
        lastLook = (readyCount, needed)
        guard attempt == nil, !isAway, clock >= nextRound, readyCount >= needed else { return }
        var (chosen, rest): ([Int], [(device: Int32, stamp: UInt32)]) = ([], [])
        for entry in buffer {
            let device = Int(entry.device)
            guard phones[device].stamp == entry.stamp, phones[device].status == .ready else {
                continue
            }
            // One that fell silent after the sum had its input may have trained again before the sum ended.
            if version - Int(phones[device].version) > time.maximumStaleness || !isDue(device) {
                readyCount -= 1
                waste(pendingCosts.removeValue(forKey: device) ?? PhoneCost())
                release(device, .comesBack)
            } else if chosen.count < work.cohortSize {
                chosen.append(device)
            } else {
                rest.append(entry)
            }
        }
        guard chosen.count >= needed else {
            buffer = chosen.map { (Int32($0), phones[$0].stamp) }
            return
        }
        buffer = rest
        readyCount -= chosen.count
        let absent = absentDevices(beside: chosen)
        let devices = (chosen + absent).sorted()
        open(devices)
        for (place, device) in devices.enumerated() {
            guard !absent.contains(device) else {
                attempt?.members[place].isGone = true
                attempt?.awaited -= 1
                phones[device].place = -1
                continue
            }
            attempt?.members[place].cost = pendingCosts.removeValue(forKey: device) ?? PhoneCost()
            attempt?.members[place].staleness = version - Int(phones[device].version)
            perform(.advertising, device)
        }
    }

    /// Devices for the places of a cohort that nobody is ready for: first those that may be in a sum.
    private mutating func absentDevices(beside chosen: [Int]) -> Set<Int> {
        let missing = work.cohortSize - chosen.count
        var absent: Set<Int> = []
        guard missing > 0 else { return absent }
        let present = Set(chosen)
        let start = Int.random(in: 0..<population, using: &draws)
        for onlyDue in [true, false] {
            for step in 0..<population where absent.count < missing {
                let device = (start + step) % population
                if !present.contains(device), !onlyDue || isDue(device) { absent.insert(device) }
            }
        }
        return absent
    }

    /// Of an attempt that came to nothing, those that are still there keep their updates, unless privacy
    /// was charged for them.
    mutating func takeBack(_ round: RoundAttempt, isCharged: Bool) {
        for (place, member) in round.members.enumerated() {
            let state = phones[member.device]
            let isThere =
                state.place == Int32(place) && state.windowEnd > clock
                && (state.status == .waiting || state.status == .answering)
            guard isThere, !isCharged else {
                waste(member.cost)
                continue
            }
            pendingCosts[member.device] = member.cost
            makeReady(member.device)
        }
    }
}
