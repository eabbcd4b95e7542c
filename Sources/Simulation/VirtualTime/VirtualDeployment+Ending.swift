internal import FederatedProtocol

extension VirtualDeployment {
    /// The sum is unmasked.
    mutating func finish() {
        guard let round = attempt else { return }
        attempt = nil
        rounds += 1
        version += 1
        nextRound = clock
        storedBytes = max(storedBytes, work.storedBytes)
        for member in round.members where member.steps < 3 { waste(member.cost) }
        free(round)
        if time.model == .asynchronous { rotation?.invite(round.masking) }
        memberCount += round.members.count
        lostCount += round.members.count { $0.steps < 3 }
        stalenessSum += round.members.reduce(0) { $0 + $1.staleness }
        outcome = .success(
            VirtualRound(
                devices: round.members.map(\.device),
                fates: round.members.map { Fate(rawValue: $0.steps) ?? .absent },
                staleness: round.members.map(\.staleness),
                began: round.began, ended: clock, abandoned: abandoned, cost: takeCost()))
    }

    /// Lets the devices go that are still in a round.
    private mutating func free(_ round: RoundAttempt) {
        for (place, member) in round.members.enumerated()
        where phones[member.device].place == Int32(place) {
            switch phones[member.device].status {
            case .answering:
                (phones[member.device].status, phones[member.device].place) = (.late, -1)
            case .waiting:
                let isOver = phones[member.device].windowEnd <= clock
                release(member.device, isOver ? .goesAway : .comesBack)
            default: phones[member.device].place = -1
            }
        }
    }

    /// An attempt comes to nothing.
    mutating func abandon(left: Int, needed: Int, isOutage: Bool) {
        guard let round = attempt else { return }
        attempt = nil
        abandonedCount += 1
        let isCharged = round.step == .unmasking
        abandoned.append(
            AbandonedRound(
                began: round.began, ended: clock, step: round.step.name, left: left,
                needed: needed, isOutage: isOutage, invited: round.members.map(\.device),
                charged: isCharged ? round.masking : []))
        if time.model == .synchronous {
            // Nothing was revealed and nobody charged: the turn of these devices is not over.
            if !isCharged { rotation?.withdraw(round.members.map(\.device)) }
            for member in round.members { waste(member.cost) }
        } else {
            if isCharged { rotation?.invite(round.masking) }
            takeBack(round, isCharged: isCharged)
        }
        free(round)
        // After failures the coordinator waits longer and longer, up to a minute.
        nextRound = clock + Double(500 << min(abandoned.count, 7)) / 1000
        scheduleLook(at: nextRound)
        if abandoned.count >= time.attempts {
            outcome = .failure(
                .attemptsFailed(
                    count: abandoned.count, step: round.step.name, left: left, needed: needed))
        }
    }

    /// What was spent since the last round ended.
    private mutating func takeCost() -> RoundCost {
        let bytes = spent.checkIns * time.network.checkInBytes
        spent.bytesUp += bytes / 2
        spent.bytesDown += bytes - bytes / 2
        spent.milliampereHours +=
            Double(spent.checkIns) * time.phones.milliampereHours(joules: checkInJoules)
        spent.requests = meter.requests - requestsBefore
        requestsBefore = meter.requests
        spent.peakConnections = meter.recentPeak
        meter.restartPeak()
        defer { spent = RoundCost() }
        total += spent
        return spent
    }

    /// What a check-in takes on a median connection.
    private var checkInJoules: Double {
        let network = time.network
        let megabits = Double(network.checkInBytes) * 8e-6 / 2
        return time.phones.radioWatts
            * (2 * network.latencyMs / 1000 + megabits / network.downMbps
                + megabits / network.upMbps)
    }

    // MARK: Outages

    mutating func scheduleOutage() {
        outage = outages.next(after: clock)
        guard let outage else { return }
        queue.push(
            Event(
                time: max(clock, outage.start), device: CoordinatorEvent.outageBegins, stamp: 0))
    }

    mutating func beginOutage() {
        isAway = true
        if let round = attempt {
            abandon(left: round.answered, needed: needed(round), isOutage: true)
        }
        freeHeld()
        queue.push(
            Event(
                time: outage?.end ?? clock, device: CoordinatorEvent.outageEnds, stamp: 0))
    }

    private func needed(_ round: RoundAttempt) -> Int {
        round.step == .endorsing ? work.quorum : work.minimumSurvivors
    }

    mutating func endOutage() {
        isAway = false
        nextRound = max(nextRound, clock)
        scheduleLook(at: nextRound)
        scheduleOutage()
    }

    // MARK: The whole

    /// What the training took up to the last round.
    package var cost: DeploymentCost {
        let perCheckIn = Double(time.network.checkInBytes)
        let days = max(clock / 86_400, 1e-9)
        func distribution(_ value: (PhoneCost, Double) -> Double) -> DeploymentCost.Distribution {
            DeploymentCost.Distribution(
                phones.indices.map { value(costs[$0], Double(phones[$0].checkIns)) })
        }
        let inAll = DeploymentCost.Phones(
            bytesUp: distribution { Double($0.bytesUp) + $1 * perCheckIn / 2 },
            bytesDown: distribution { Double($0.bytesDown) + $1 * perCheckIn / 2 },
            seconds: distribution { cost, _ in cost.seconds },
            milliampereHours: distribution {
                time.phones.milliampereHours(joules: $0.joules + $1 * checkInJoules)
            },
            checkIns: distribution { $1 })
        return DeploymentCost(
            days: clock / 86_400, rounds: rounds,
            secondsPerRound: rounds == 0 ? 0 : clock / Double(rounds),
            abandoned: abandonedCount,
            lostShare: memberCount == 0 ? 0 : Double(lostCount) / Double(memberCount),
            meanStaleness: memberCount == 0 ? 0 : Double(stalenessSum) / Double(memberCount),
            phones: inAll, phonesPerDay: inAll.divided(by: days),
            server: DeploymentCost.Server(
                peakConnections: meter.peak,
                requestsPerSecond: Double(meter.requests) / max(clock, 1),
                peakRequestsPerSecond: meter.busiestSecond,
                bytesInPerSecond: Double(meter.bytesIn) / max(clock, 1),
                bytesOutPerSecond: Double(meter.bytesOut) / max(clock, 1),
                peakBytesPerSecond: Double(meter.busiestMinute) / 60,
                storedBytes: storedBytes),
            total: total)
    }
}
