internal import Foundation
internal import Sodium

/// What the devices of a fleet do that honest ones do not: groups, each with a part of the devices.
///
///     groups:
///       - name: trains and tunnels
///         share: 0.1
///         flaky: {before: 0.02, after: 0.02}
///       - share: 0.05
///         dropAt: mask          # advertise, share, mask, endorse or unmask
///       - share: 0.1
///         slow: {mean: 2}       # seconds before each message; or 2, or {from: 1, to: 5}
///       - count: 20
///         offline: 22-7         # hours, UTC
///       - count: 1
///         malicious: replay
///
/// Devices in no group are honest.
package struct FleetBehaviours: Sendable, Hashable {
    /// One group.
    package struct Group: Sendable, Hashable {
        package var name: String
        package var size: Size
        package var behaviour: DeviceBehaviour

        /// How many devices are in it.
        package enum Size: Sendable, Hashable {
            case count(Int)
            /// Of all devices, from 0 to 1.
            case share(Double)

            func count(of devices: Int) -> Int {
                switch self {
                case .count(let count): count
                case .share(let share): Int((share * Double(devices)).rounded())
                }
            }
        }
    }

    package var groups: [Group] = []

    /// All honest.
    package init() {}

    /// The group of each device, by its number; nil where it is honest. The same for the same groups and
    /// number of devices.
    ///
    /// - Throws: ``BehaviourError/tooMany(asked:devices:)``.
    package func assignment(devices: Int) throws -> [Group?] {
        let counts = groups.map { $0.size.count(of: devices) }
        let asked = counts.reduce(0, +)
        guard asked <= devices else {
            throw BehaviourError.tooMany(asked: asked, devices: devices)
        }
        var randomness = SeededRandomness(seed: 0, label: "behaviours")
        let order = (0..<devices).shuffled(using: &randomness)
        var assignment = [Group?](repeating: nil, count: devices)
        var next = 0
        for (group, count) in zip(groups, counts) {
            for device in order[next..<next + count] { assignment[device] = group }
            next += count
        }
        return assignment
    }

    /// How many devices are of each kind, in a line each.
    package func summary(devices: Int) -> [String] {
        let counts = groups.map { $0.size.count(of: devices) }
        return zip(groups, counts).map { "\($1) \($0.name)" }
            + ["\(devices - counts.reduce(0, +)) honest"]
    }
}
