internal import Synchronization

/// What the devices of a fleet are doing, and what became of their rounds.
package final class FleetStatus: Sendable {
    /// What a device is doing.
    package enum Activity: String, Sendable, Hashable, CaseIterable, Codable {
        case starting, enrolling, waiting, inRound = "in a round", offline, spent, failing, refused
    }

    /// The counts at one moment.
    package struct Counts: Sendable, Hashable {
        package var activities: [Activity: Int] = [:]
        /// Device-rounds by what came of them.
        package var finished = 0
        package var left = 0
        package var declined = 0
        /// Why devices left rounds or declined them, by the words.
        package var reasons: [String: Int] = [:]
    }

    private let counted = Mutex(Counts())

    package init(devices: Int) { counted.withLock { $0.activities[.starting] = devices } }

    package var counts: Counts { counted.withLock { $0 } }

    func move(from old: Activity, to new: Activity) {
        counted.withLock {
            $0.activities[old, default: 0] -= 1
            $0.activities[new, default: 0] += 1
        }
    }

    func count(_ change: (inout Counts) -> Void) { counted.withLock { change(&$0) } }
}
