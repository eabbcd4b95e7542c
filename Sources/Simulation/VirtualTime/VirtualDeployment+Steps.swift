internal import FederatedProtocol

extension VirtualDeployment {
    /// A device that was invited takes the offer.
    mutating func join(_ device: Int) {
        meter.connect()
        perform(.advertising, device)
    }

    /// A device begins to work on a step.
    mutating func perform(_ step: RoundStep, _ device: Int) {
        let place = Int(phones[device].place)
        guard var member = attempt?.members[place] else { return }
        var ability =
            member.ability ?? self.ability(of: device, in: attempt?.number ?? 0)
        var asked = work[step]
        let isFirst = step == .advertising
        if time.model == .synchronous {
            if isFirst { asked.down += work.broadcastBytes }
            if step == .masking {
                asked.seconds += work.learningSeconds(interactions: Int(interactions[device]))
            }
        }
        let job = job(asked, polls: !isFirst || time.model == .asynchronous, &ability)
        member.ability = ability
        if !isFirst { charge(waiting: clock - member.waitsSince, to: device, &member.cost) }
        let end = clock + job.duration
        var crash = Double.infinity
        if let planned = ability.crash, planned.step == step.index {
            crash = clock + planned.moment * job.duration
        }
        let lost = min(crash, phones[device].windowEnd)
        if lost < end {
            phones[device].status = crash <= phones[device].windowEnd ? .crashing : .leaving
            charge(job.cost.part((lost - clock) / job.duration), to: device, &member.cost)
            schedule(device, at: lost)
        } else {
            phones[device].status = .answering
            charge(job.cost, to: device, &member.cost)
            schedule(device, at: end)
        }
        attempt?.members[place] = member
    }

    /// How long a piece of work takes, and what it costs the device.
    func job(
        _ asked: RoundWork.Step, polls: Bool, _ ability: inout RoundAttempt.Ability
    ) -> (duration: Double, cost: PhoneCost) {
        let capability = ability.capability
        let computing = asked.seconds * ability.slowdown / capability.speed
        let transfer =
            Double(asked.down) / capability.down + Double(asked.up) / capability.up
        var waiting = 2 * capability.latency
        if polls { waiting += ability.draws.unit() * Double(time.schedule.poll) / 1000 }
        while ability.draws.unit() < time.network.loss { waiting += time.network.retrySeconds }
        let phones = time.phones
        return (
            computing + transfer + waiting,
            PhoneCost(
                bytesUp: asked.up, bytesDown: asked.down, seconds: computing + transfer,
                joules: computing * phones.cpuWatts + transfer * phones.radioWatts
                    + waiting * phones.waitingWatts)
        )
    }

    /// What a device can do in an attempt; a pure function of both.
    func ability(
        of device: Int, in attempt: Int, crash chance: Double? = nil
    ) -> RoundAttempt.Ability {
        var draws = VirtualDraws(key: roundKey, device, attempt)
        let phones = time.phones
        var slowdown = draws.logNormal(median: 1, spread: phones.variation)
        if draws.unit() < phones.stragglers { slowdown *= phones.stragglerSlowdown }
        var crash: (Int, Double)?
        // Asynchronous devices fall silent when they train or in the sum, with equal chance.
        let usual = time.model == .asynchronous ? phones.crash / 2 : phones.crash
        if draws.unit() < chance ?? usual {
            crash = (Int.random(in: 0..<RoundStep.allCases.count, using: &draws), draws.unit())
        }
        return RoundAttempt.Ability(
            capability: capabilities[device], slowdown: slowdown, crash: crash, draws: draws)
    }

    private mutating func charge(
        waiting seconds: Double, to device: Int, _ cost: inout PhoneCost
    ) {
        charge(PhoneCost(joules: seconds * time.phones.waitingWatts), to: device, &cost)
    }

    /// Writes down what a device spends.
    mutating func charge(_ added: PhoneCost, to device: Int, _ cost: inout PhoneCost) {
        cost += added
        costs[device] += added
        spent.bytesUp += added.bytesUp
        spent.bytesDown += added.bytesDown
        spent.deviceSeconds += added.seconds
        spent.milliampereHours += time.phones.milliampereHours(joules: added.joules)
    }

    /// What was spent turns out to be in no sum.
    mutating func waste(_ cost: PhoneCost) {
        spent.wastedBytes += cost.bytesUp + cost.bytesDown
        spent.wastedSeconds += cost.seconds
        spent.wastedMilliampereHours += time.phones.milliampereHours(joules: cost.joules)
    }

    /// A device's answer arrives in time.
    mutating func answer(_ device: Int) {
        let place = Int(phones[device].place)
        guard place >= 0, let step = attempt?.step else { return }
        phones[device].status = .waiting
        let asked = work[step]
        let broadcast = step == .advertising && time.model == .synchronous
        meter.request(
            at: clock, bytesIn: asked.up,
            bytesOut: asked.down + (broadcast ? work.broadcastBytes : 0))
        attempt?.members[place].hasAnswered = true
        attempt?.members[place].waitsSince = clock
        if step != .endorsing { attempt?.members[place].steps += 1 }
        attempt?.answered += 1
        if attempt?.isOver(quorum: work.quorum) == true { closeStep() }
    }

    /// A device is lost for the round under way, if it is in it.
    ///
    /// - Parameter isTold: Whether the coordinator need not wait for it.
    mutating func lose(_ device: Int, isTold: Bool, _ afterwards: Afterwards) {
        let place = Int(phones[device].place)
        release(device, afterwards)
        guard place >= 0, attempt != nil else { return }
        attempt?.members[place].isGone = true
        guard isTold else { return }
        attempt?.awaited -= 1
        if attempt?.isOver(quorum: work.quorum) == true { closeStep() }
    }

    /// Ends the step under way, and begins the next one.
    mutating func closeStep() {
        repeat {
            guard let round = attempt else { return }
            let (left, needed) = (round.answered, needed(in: round.step))
            leaveOutTheSilent()
            guard left >= needed else {
                return abandon(left: left, needed: needed, isOutage: false)
            }
            guard let next = round.step.next else { return finish() }
            begin(next)
        } while attempt?.isOver(quorum: work.quorum) == true
    }

    /// How many devices must answer a step.
    private func needed(in step: RoundStep) -> Int {
        switch step {
        case .advertising, .sharing, .masking: work.minimumSurvivors
        case .endorsing: work.quorum
        case .unmasking: work.unmaskingDevices
        }
    }

    /// The step goes on without those of its devices that did not answer.
    private mutating func leaveOutTheSilent() {
        guard let members = attempt?.members else { return }
        for (place, member) in members.enumerated()
        where member.isAsked && !member.hasAnswered && !member.isGone {
            // An endorsement that is not needed any more does not keep its device from unmasking.
            if attempt?.step == .endorsing, phones[member.device].status == .answering {
                phones[member.device].status = .waiting
                phones[member.device].stamp &+= 1
                attempt?.members[place].waitsSince = clock
                continue
            }
            attempt?.members[place].isGone = true
            phones[member.device].place = -1
            if phones[member.device].status == .answering { phones[member.device].status = .late }
        }
    }

    private mutating func begin(_ step: RoundStep) {
        guard let members = attempt?.members else { return }
        deadlineStamp &+= 1
        attempt?.stamp = deadlineStamp
        attempt?.step = step
        attempt?.answered = 0
        attempt?.awaited = 0
        let before = step == .sharing ? 1 : step == .masking ? 2 : 3
        for (place, member) in members.enumerated() {
            let isAsked =
                !member.isGone && member.steps == before && (step != .endorsing || member.endorses)
            attempt?.members[place].isAsked = isAsked
            attempt?.members[place].hasAnswered = false
            guard isAsked else { continue }
            if phones[member.device].windowEnd <= clock {
                // It left while it waited, and said so.
                attempt?.members[place].isGone = true
                release(member.device, .goesAway)
                continue
            }
            attempt?.awaited += 1
            perform(step, member.device)
        }
        scheduleDeadline(of: step)
    }
}
