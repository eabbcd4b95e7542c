internal import FederatedProtocol
internal import PrivacyLedger

extension VirtualDeployment {
    /// What a device does after a round, or what it had to do with one.
    enum Afterwards {
        /// Its window is over.
        case goesAway
        /// It checks in again when the coordinator wants it to.
        case comesBack
        /// It needs a while before it checks in again.
        case restarts
    }

    /// For how long a device is silent that crashed, in seconds.
    private var restart: Double { 60 }

    /// The mean time between the check-ins of devices that stay near, in milliseconds, as long as that is
    /// not more than the rate allows: short beside the half minute for which a device counts as there
    /// and the minute in which it has to take an offer.
    private var nearSpread: Double { 10_000 }

    /// The mean time between the check-ins of devices that nothing is wanted of now, in milliseconds. A
    /// round takes a minute or more, and a device is there for an hour: coming more often would cost it
    /// charge and the coordinator requests, and win neither of them a round.
    private var farSpread: Double { 60_000 }

    /// A device checks in.
    mutating func checkIn(_ device: Int) {
        guard !isAway else {
            spent.failedCheckIns += 1
            return comeBack(device, after: draws.uniform(30, 90))
        }
        let isInvited = phones[device].place >= 0 && attempt?.step == .advertising
        let trains = !isInvited && time.model == .asynchronous && mayTrain(device)
        let staysNear = !isInvited && !trains && isWanted(device)
        presence.see(
            device, at: clock, before: phones[device].lastSeen, staysNear: staysNear)
        phones[device].lastSeen = clock
        if staysNear { phones[device].lastNear = clock }
        phones[device].checkIns += 1
        spent.checkIns += 1
        let bytes = time.network.checkInBytes
        meter.request(at: clock, bytesIn: bytes / 2, bytesOut: bytes - bytes / 2)
        if isInvited {
            join(device)
        } else if trains {
            train(device)
        } else if staysNear, isToBeHeld {
            hold(device)
        } else {
            comeBack(device, after: wait(near: staysNear))
        }
    }

    /// In how many seconds a device is to come again.
    private mutating func wait(near: Bool) -> Double {
        var present = presence.active
        if near, !time.holdsDevices, rotation != nil {
            present = min(present, PaceSteering.reserve * work.cohortSize)
        }
        let window = PaceSteering(checkInsPerSecond: time.checkInsPerSecond).wait(
            present: present,
            nextRound: near && attempt == nil ? Int64((nextRound - clock) * 1000) : nil,
            atLeast: near ? nearSpread : farSpread)
        return draws.uniform(Double(window.earliest), Double(window.latest)) / 1000
    }

    /// An idle device checks in later, in this window or in the next one.
    mutating func comeBack(_ device: Int, after seconds: Double) {
        let time = clock + seconds
        if time < phones[device].windowEnd {
            schedule(device, at: time)
        } else {
            goAway(device, until: phones[device].windowEnd)
        }
    }

    /// A device checks in first in its next window that ends after `time`.
    mutating func goAway(_ device: Int, until time: Double) {
        let time = max(time, clock)
        guard let window = availability.window(of: device, after: time) else {
            // It never comes again.
            return schedule(device, at: .infinity)
        }
        phones[device].windowEnd = window.end
        schedule(device, at: max(window.start, time))
    }

    /// A device that was connected is free.
    mutating func release(_ device: Int, _ afterwards: Afterwards) {
        if phones[device].status == .held { stopHolding(device) }
        meter.disconnect()
        phones[device].status = .idle
        phones[device].place = -1
        switch afterwards {
        case .goesAway: goAway(device, until: phones[device].windowEnd)
        case .comesBack:
            let isNear = time.model == .asynchronous ? mayTrain(device) : isWanted(device)
            comeBack(device, after: isAway ? draws.uniform(30, 90) : wait(near: isNear))
        case .restarts: comeBack(device, after: restart)
        }
    }

    // MARK: Devices that wait for a round to begin

    /// Whether the next synchronous round may invite a device, and has not enough others at hand.
    // Mutating, so that the compiler does not copy all of `self` for each check-in.
    private mutating func isWanted(_ device: Int) -> Bool {
        guard time.model == .synchronous else { return false }
        switch policy.selection {
        case .everyone: return true
        case .coins: return drawn?.members.contains(device) ?? false
        case .rotation, .limited:
            guard rotation?.isDue(device) == true else { return false }
            if time.holdsDevices { return true }
            updatePresence()
            guard let rotation, !rotation.isPresent(device) else { return true }
            return rotation.dueCount < PaceSteering.reserve * work.cohortSize
        }
    }

    private var isToBeHeld: Bool {
        time.holdsDevices && attempt == nil && heldCount < work.cohortSize
    }

    private mutating func hold(_ device: Int) {
        heldCount += 1
        rotation?.arrive(device)
        meter.connect()
        phones[device].status = .held
        schedule(device, at: phones[device].windowEnd)
    }

    mutating func stopHolding(_ device: Int) {
        heldCount -= 1
        rotation?.leave(device)
        phones[device].status = .idle
    }
}
