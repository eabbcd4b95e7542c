import SecureAggregation
import Sodium
import VectorKernels

/// Runs a schedule through the real machines, message by message and as bytes, and records what
/// every party learns.
struct ScheduleRun {
    enum Outcome: Hashable {
        /// The exact sum of the survivors.
        case sum
        /// A party refused to go on; nothing was revealed.
        case refused
        /// The coordinator revealed something else, having lied or been lied to in a way that no
        /// other party can see: it alone is harmed.
        case spoiled
    }

    /// What must never happen.
    struct Violation: Error, CustomStringConvertible { var description: String }

    private let schedule: Schedule
    private var run: MaskedSum
    private var randomness: SeededRandomness
    private var present: [Int]
    /// Whether the coordinator lied, or a device did, in a way that spoils the sum.
    private var isSpoiled = false
    /// The messages that come after their step.
    private var late: [(inout MaskedSum) throws -> Void] = []
    /// Who handed out shares of each owner's self-mask seed, and of its masking key.
    private var seedHolders: [Int: Set<Int>] = [:]
    private var keyHolders: [Int: Set<Int>] = [:]
    /// For whom each device masked its vector, whether or not the coordinator took it.
    private var maskedFor: [Int: Set<Int>] = [:]
    private var setsSigned: [Int: Set<[UInt8]>] = [:]
    private var committed: DeviceSet?

    init(_ schedule: Schedule) throws {
        self.schedule = schedule
        run = try MaskedSum(
            cohortSize: schedule.cohortSize, degree: schedule.degree,
            threshold: schedule.threshold, minimumSurvivors: schedule.minimumSurvivors,
            vectorLength: 40, modulusBits: schedule.modulusBits, committee: schedule.committee,
            excessNoise: schedule.excessNoise, leastInWindow: schedule.leastInWindow,
            seed: schedule.seed)
        randomness = SeededRandomness(seed: schedule.seed, label: "faults")
        present = Array(0..<schedule.cohortSize)
    }

    private var parameters: AggregationParameters { run.parameters }

    private func has(_ fault: Schedule.Fault, _ step: Int, _ device: Int) -> Bool {
        schedule.events.contains { $0.step == step && $0.device == device && $0.fault == fault }
    }

    private mutating func altered(_ bytes: [UInt8]) -> [UInt8] {
        guard let place = bytes.indices.randomElement(using: &randomness) else { return bytes }
        var bytes = bytes
        bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &randomness)
        return bytes
    }

    /// Takes the message of each device that is present through the wire and its faults to
    /// `receive`.
    ///
    /// - Parameters:
    ///   - make: The device's answer; where it throws, the device is gone.
    ///   - isChecked: Whether the coordinator can tell an altered message from the right one.
    private mutating func step<Message: AggregationMessage>(
        _ step: Int, isChecked: Bool,
        make: (inout ScheduleRun, Int) throws -> Message,
        receive: @escaping (inout AggregationCoordinator, Message, Int) throws -> Void
    ) throws {
        present = present.filter { !has(.leaves, step, $0) }
        let order =
            present.filter { !has(.delayed, step, $0) } + present.filter { has(.delayed, step, $0) }
        var left: [Int] = []
        for device in order {
            let message: Message
            do { message = try make(&self, device) } catch is AggregationError { continue }
            let bytes = message.encoded
            var sent = bytes
            if has(.corrupted, step, device) { sent = altered(sent) }
            if has(.cut, step, device) {
                sent.removeLast(Int.random(in: 1...sent.count, using: &randomness))
            }
            if has(.renamed, step, device), sent.count > 1 {
                sent.replaceSubrange(
                    1..<2,
                    with: [UInt8(Int.random(in: 0..<schedule.cohortSize, using: &randomness))])
            }
            if has(.tooLate, step, device) {
                let parameters = parameters
                late.append { run in
                    let message = try Message(decoding: bytes, under: parameters)
                    try receive(&run.coordinator, message, device)
                }
                continue
            }
            do {
                let parsed = try Message(decoding: sent, under: parameters)
                try receive(&run.coordinator, parsed, device)
                if parsed != message, !isChecked { isSpoiled = true }
                left.append(device)
            } catch is AggregationError {
                guard sent != bytes else { continue }
                // What was refused as altered is sent again as it was.
                do {
                    try receive(&run.coordinator, message, device)
                    left.append(device)
                } catch is AggregationError {}
            }
            // Under another's number it was not this device's message: transports say who sends.
            if has(.sentTwice, step, device), !has(.renamed, step, device) {
                let before = run.coordinator.survivorsPerStep
                guard (try? receive(&run.coordinator, message, device)) == nil else {
                    throw Violation(description: "a second message was taken from \(device)")
                }
                guard run.coordinator.survivorsPerStep == before else {
                    throw Violation(description: "a refused message changed the coordinator")
                }
            }
        }
        // A device does not know whether its message was taken.
        present = order.filter { device in
            left.contains(device) || has(.tooLate, step, device)
        }.sorted()
    }

    /// What the coordinator tells a device, through the wire and the coordinator's lies.
    private mutating func told<Message: AggregationMessage, Part>(
        _ step: Int, _ device: Int, _ message: (ScheduleRun, Int) -> Message,
        _ parts: WritableKeyPath<Message, [Part]>
    ) throws -> Message {
        var other = device
        if has(.misdirected, step, device) { other = (device + 1) % schedule.cohortSize }
        var told = message(self, other)
        let right = message(self, device)
        if has(.toldLess, step, device), !told[keyPath: parts].isEmpty {
            told[keyPath: parts].removeLast()
        }
        if has(.toldTwice, step, device), let first = told[keyPath: parts].first {
            told[keyPath: parts].append(first)
        }
        var bytes = told.encoded
        if has(.toldCorrupted, step, device) { bytes = altered(bytes) }
        // What a device takes from a lie spoils the sum, if it takes it.
        if bytes != right.encoded { isSpoiled = true }
        return try Message(decoding: bytes, under: parameters)
    }

    /// Runs to the end.
    ///
    /// - Throws: ``Violation``.
    mutating func outcome() throws -> Outcome {
        var outcome = Outcome.refused
        do { outcome = try runSteps() } catch is AggregationError {}
        try checkThatPartsStayMasked()
        return outcome
    }

    /// With all that it was told and handed, and whatever it likes to add up, the coordinator can
    /// unmask the sum of the committed survivors at most.
    ///
    /// A device's vector comes off its masks if its self-mask seed can be restored, and each of its
    /// pair masks is either known from a restored masking key or cancelled by the other vector:
    /// vectors that cancel each other's masks come off together or not at all.
    private func checkThatPartsStayMasked() throws {
        func isRestored(_ holders: [Int: Set<Int>], _ owner: Int) -> Bool {
            (holders[owner]?.count ?? 0) >= schedule.threshold
        }
        var unvisited = Set(maskedFor.keys)
        while let first = unvisited.popFirst() {
            var part = [first]
            var isOpen = true
            var next = 0
            while next < part.count {
                let device = part[next]
                next += 1
                if !isRestored(seedHolders, device) { isOpen = false }
                for peer in maskedFor[device] ?? []
                where !isRestored(keyHolders, device) && !isRestored(keyHolders, peer) {
                    if maskedFor[peer]?.contains(device) != true { isOpen = false }
                    if unvisited.remove(peer) != nil { part.append(peer) }
                }
            }
            if isOpen, Set(part) != Set(committed?.devices ?? []) {
                throw Violation(description: "the sum of \(part.sorted()) can be unmasked alone")
            }
        }
    }

    private mutating func runSteps() throws -> Outcome {
        try step(0, isChecked: true) { run, device in
            try run.run.devices[device].advertiseKeys()
        } receive: { coordinator, message, _ in
            try coordinator.receive(message)
        }
        try run.coordinator.endAdvertising()
        try refuseLateMessages()

        try step(1, isChecked: false) { run, device in
            let introductions = try run.told(
                1, device, { $0.run.coordinator.introductions(for: $1) }, \.peers)
            let parameters = run.parameters
            let peers = try introductions.peers.map { try $0.verified(under: parameters) }
            return SealedShares(try run.run.devices[device].shareKeys(with: peers))
        } receive: { coordinator, message, device in
            try coordinator.receive(message, from: device)
        }
        try run.coordinator.endSharing()
        try refuseLateMessages()

        try step(2, isChecked: false) { run, device in
            let shares = try run.told(2, device, { $0.delivery(to: $1) }, \.shares)
            let masked = try run.run.devices[device].mask(
                run.run.vectors[device], receiving: shares)
            run.maskedFor[device] = Set(shares.shares.map(\.sender))
            return masked
        } receive: { coordinator, message, _ in
            try coordinator.receive(message)
        }
        let survivors = try run.coordinator.endMasking()
        try refuseLateMessages()
        guard survivors.count >= schedule.minimumSurvivors else {
            throw Violation(description: "\(survivors.count) survivors are too few to go on")
        }
        return try unmask(survivors)
    }

    /// The shares for a device; where the schedule says so, without some of them and as if nobody
    /// had sent those.
    private func delivery(to device: Int) -> DeliveredShares {
        var delivered = run.coordinator.shares(for: device)
        if has(.toldOfFewer, 2, device) {
            let kept = max(schedule.threshold, delivered.shares.count / 2)
            let dropped = Set(delivered.shares.dropFirst(kept).map(\.sender))
            delivered.shares.removeAll { dropped.contains($0.sender) }
            delivered.sharers = DeviceSet(
                delivered.sharers.devices.filter { !dropped.contains($0) },
                cohortSize: schedule.cohortSize)
        }
        return delivered
    }

    private mutating func unmask(_ survivors: DeviceSet) throws -> Outcome {
        let everybody = present
        try step(3, isChecked: true) { run, device in
            guard run.run.devices[device].isInCommittee else {
                throw AggregationError.unexpectedStep("not in the committee")
            }
            let told = run.has(.otherSurvivors, 3, device) ? run.otherSet(survivors) : survivors
            let endorsement = try run.run.devices[device].endorse(told)
            run.setsSigned[device, default: []].insert(told.bitmap)
            return endorsement
        } receive: { coordinator, message, _ in
            try coordinator.receive(message)
        }
        present = everybody.filter { !has(.leaves, 3, $0) }
        let told = run
        try run.coordinator.endEndorsing { [self] survivors, _ in
            guard survivors.count >= schedule.minimumSurvivors else {
                throw Violation(description: "a sum of too few was committed")
            }
            guard told.coordinator.survivorsPerStep.count == 3 else {
                throw Violation(description: "committed before the steps were over")
            }
        }
        committed = survivors
        try refuseLateMessages()

        try step(4, isChecked: false) { run, device in
            let set = run.has(.otherSurvivors, 4, device) ? run.otherSet(survivors) : survivors
            let received = try run.told(
                4, device,
                { run, device in
                    var request =
                        (try? run.run.coordinator.unmaskingRequest(for: device))
                        ?? UnmaskingRequest(
                            sharers: set, survivors: set, endorsements: [], inclusions: [])
                    request.survivors = set
                    return request
                }, \.endorsements)
            let verified = try received.verified(by: run.run.accepted)
            var shares = try run.run.devices[device].unmask(verified)
            try run.record(shares, under: verified.survivors)
            if run.has(.forgedAnswers, 4, device), !shares.survivors.isEmpty {
                shares.survivors[0].shares[3] ^= 1
                run.isSpoiled = true
            }
            return shares
        } receive: { coordinator, message, _ in
            try coordinator.receive(message)
        }
        let unmasked = try run.coordinator.reveal()
        if unmasked.sum == run.plainSum(of: survivors.devices) {
            return .sum
        }
        guard isSpoiled else {
            throw Violation(description: "a wrong sum, though nobody lied")
        }
        return .spoiled
    }

    /// A set of survivors that differs from the right one in one device.
    private mutating func otherSet(_ survivors: DeviceSet) -> DeviceSet {
        let device = Int.random(in: 0..<schedule.cohortSize, using: &randomness)
        let devices = survivors.devices
        return DeviceSet(
            survivors.contains(device) ? devices.filter { $0 != device } : devices + [device],
            cohortSize: schedule.cohortSize)
    }

    /// Notes what a device handed out, and checks that it never makes both kinds for one owner, and
    /// that it is for the set that was committed.
    private mutating func record(_ shares: UnmaskingShares, under survivors: DeviceSet) throws {
        guard survivors.count >= schedule.minimumSurvivors else {
            throw Violation(description: "unmasked for too few")
        }
        // Members sign one set each, and only a majority of corrupt ones could make a second final.
        guard survivors == committed else {
            throw Violation(description: "unmasked for a set that was not committed")
        }
        for entry in shares.survivors {
            seedHolders[entry.owner, default: []].insert(shares.device)
            let removed = schedule.excessNoise.removedComponents(
                rank: survivors.rank(of: entry.owner), survivors: survivors.count)
            guard entry.shares.count == 40 * (1 + removed.count) else {
                throw Violation(description: "more noise seeds of \(entry.owner) than are removed")
            }
        }
        for entry in shares.dropped {
            keyHolders[entry.owner, default: []].insert(shares.device)
            guard entry.shares.count == 40 else {
                throw Violation(description: "more than the masking key of \(entry.owner)")
            }
        }
        for owner in seedHolders.keys where keyHolders[owner] != nil {
            throw Violation(description: "both kinds of shares of \(owner)")
        }
        for (device, sets) in setsSigned where sets.count > 1 {
            throw Violation(description: "device \(device) signed two sets")
        }
    }

    /// Messages of a step that is over are refused, and change nothing.
    private mutating func refuseLateMessages() throws {
        defer { late = [] }
        for deliver in late {
            guard (try? deliver(&run)) == nil else {
                throw Violation(description: "a message was taken after its step")
            }
        }
    }
}
