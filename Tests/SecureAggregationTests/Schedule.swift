import SecureAggregation
import Sodium

/// A masked sum with everything that happens to it: the cohort, and the faults by step and device.
/// What a schedule does depends on nothing else, so that it can be replayed and shrunk.
struct Schedule: CustomStringConvertible, Sendable {
    /// What goes wrong.
    enum Fault: Hashable, CaseIterable {
        // Between a device and the coordinator.
        /// The device is gone from this step on.
        case leaves
        /// Its message comes twice.
        case sentTwice
        /// Its message comes after everybody else's.
        case delayed
        /// Its message is lost, and sent again after the step is closed.
        case tooLate
        /// One byte of its message is altered.
        case corrupted
        /// Its message is cut short.
        case cut
        /// Its message bears the number of another device.
        case renamed
        // A device that lies.
        /// Its shares for others are of other secrets than those it committed to.
        case forgedAnswers
        // A coordinator that lies.
        /// What the device is told is altered by a byte.
        case toldCorrupted
        /// What the device is told leaves out a part.
        case toldLess
        /// What the device is told contains a part twice.
        case toldTwice
        /// The device is told what was meant for another.
        case misdirected
        /// The device is told that some of its neighbours have not shared keys, so that it masks
        /// for others alone.
        case toldOfFewer
        /// The device is told of another set of survivors than the others.
        case otherSurvivors
    }

    /// One fault.
    struct Event: Hashable {
        /// 0 advertising, 1 sharing, 2 masking, 3 endorsing, 4 unmasking.
        var step: Int
        var device: Int
        var fault: Fault
    }

    var seed: UInt64
    var cohortSize: Int
    var degree: Int
    var threshold: Int
    var leastInWindow: Int
    var minimumSurvivors: Int
    var committee: CommitteeSecurity
    var modulusBits: Int
    var excessNoise: ExcessNoise
    var events: [Event]

    /// The schedule of a seed.
    init(seed: UInt64) throws {
        var randomness = SeededRandomness(seed: seed, label: "schedule")
        func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &randomness) }
        self.seed = seed
        cohortSize = pick(2...9)
        degree =
            Bool.random(using: &randomness)
            ? cohortSize - 1 : max(1, pick(1...cohortSize - 1) / 2 * 2)
        if degree % 2 == 1, degree != cohortSize - 1 { degree = cohortSize - 1 }
        threshold = pick(1...max(1, (degree + 1) / 2))
        leastInWindow = degree == cohortSize - 1 ? 0 : 1
        minimumSurvivors = pick(2...max(2, cohortSize * 2 / 3))
        let members = pick(max(1, cohortSize / 2)...cohortSize)
        committee = CommitteeSecurity(size: members, quorum: pick(members / 2 + 1...members))
        modulusBits = [5, 16, 17, 32][pick(0...3)]
        excessNoise = .none
        if Bool.random(using: &randomness), minimumSurvivors > 1,
            let noise = try? ExcessNoise(
                componentCount: 2, baseUnits: 2, targetUnits: 2 * (cohortSize - 1), excluded: 1,
                cohortSize: cohortSize, minimumSurvivors: minimumSurvivors)
        {
            excessNoise = noise
        }
        let size = cohortSize
        events = (0..<pick(0...7)).map { _ in
            Event(
                step: pick(0...4), device: pick(0...size - 1),
                fault: Fault.allCases[pick(0...Fault.allCases.count - 1)])
        }
    }

    var description: String {
        """
        Schedule(seed: \(seed)): \(cohortSize) devices, degree \(degree), threshold \(threshold), at least \
        \(minimumSurvivors), committee \(committee.size)/\(committee.quorum), \(modulusBits) bits, \
        \(excessNoise.componentCount) components; \
        \(events.map { "step \($0.step) device \($0.device) \($0.fault)" }.joined(separator: ", "))
        """
    }

    /// The schedule with as few events as still make it `fail`.
    func shrunk(while fails: (Schedule) -> Bool) -> Schedule {
        var smallest = self
        var index = 0
        while index < smallest.events.count {
            var candidate = smallest
            candidate.events.remove(at: index)
            if fails(candidate) { smallest = candidate } else { index += 1 }
        }
        return smallest
    }
}
